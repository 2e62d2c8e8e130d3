#include "config/iso_duration.h"

#include <optional>

#include <doctest/doctest.h>

namespace moldau::config {
namespace {

TEST_CASE("Durations are read as Java reads them") {
  CHECK(parse_iso_duration_ms("P2D") == 172'800'000);
  CHECK(parse_iso_duration_ms("PT1H30M") == 5'400'000);
  CHECK(parse_iso_duration_ms("pt1.5s") == 1500);
  CHECK(parse_iso_duration_ms("PT1,0005S") == 1000);
  CHECK(parse_iso_duration_ms("P1DT+2H3M4.005S") == 93'784'005);
  CHECK(parse_iso_duration_ms("PT0S") == 0);
  CHECK(parse_iso_duration_ms("P106751991167D") == 9'223'372'036'828'800'000);
}

TEST_CASE("Other texts are no durations") {
  for (const char* text : {"", "P", "PT", "P1", "1D", "P1H", "PT1D", "P-1D", "PT1M1H", "P1.5D", "PT1S ",
                           "P1DT", "P99999999999999999999D", "P106751991168D"}) {
    CAPTURE(text);
    CHECK(parse_iso_duration_ms(text) == std::nullopt);
  }
}

}  // namespace
}  // namespace moldau::config
