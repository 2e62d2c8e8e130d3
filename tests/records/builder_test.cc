#include "protocol/records/builder.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/records/batches.h"

namespace moldau::records::testing {

TEST_CASE("a builder tells how much larger a record makes its batch") {
  BatchBuilder builder({});
  const Bytes key = {1, 2};
  const std::vector<RecordHeader> headers = {{.key = key, .value = key}, {.key = key}};
  for (int i = 0; i < 200; ++i) {
    // Deltas of one byte and of more, either way.
    const std::string value(static_cast<std::size_t>(i), 'v');
    RecordData data = record(500'000 + (i % 3 - 1) * i * 1'000, std::nullopt, value);
    if (i % 2 == 0) data.headers = headers;
    const std::size_t before = builder.size_bytes();
    const std::size_t told = builder.size_of_next(data);
    builder.append(data);
    CHECK(builder.size_bytes() - before == told);
  }
}

}  // namespace moldau::records::testing
