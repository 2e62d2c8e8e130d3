#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/base64.h"
#include "base/bytes.h"
#include "config/address.h"
#include "config/feature_level.h"
#include "config/initial_controllers.h"
#include "config/properties.h"
#include "config/scram_argument.h"
#include "config/socket_host.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// The values of the program's flags: what is read says what is there, and a host that is written out once
/// stays as it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moldau;
  using namespace moldau::config;
  const std::string_view text = as_text({data, size});
  if (const auto controllers = parse_initial_controllers(text)) must(!controllers->empty());
  if (const auto credential = parse_scram_argument(text)) {
    must(credential->password.has_value() != credential->salted_password.has_value());
  }
  if (const auto bytes = decode_base64(text)) must(bytes->size() <= text.size());
  if (const auto name = parse_override(text)) must(!name->first.empty());
  static_cast<void>(parse_feature_level(text));
  static_cast<void>(parse_host_port(text));
  const std::string host = socket_host(text);
  must(socket_host(host) == host);
  return 0;
}
