// Any bytes are a request, none, or none yet; what is read of the beginning stays so when more comes.

#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"
#include "net/http_request.h"

using moldau::require;
using namespace moldau::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view received = moldau::as_text({data, size});
  const auto read = read_http_request(received);
  if (!read) {
    require(size < kMaxHttpHeadBytes, "what is too long is refused");
    return 0;
  }
  if (!read->has_value()) return 0;
  const HttpRequest& request = **read;
  require(request.size_bytes <= size && request.size_bytes < kMaxHttpHeadBytes,
          "a request lies in what came");
  require(request.path.starts_with('/'), "a path begins at the root");
  require(received.substr(0, request.size_bytes).ends_with("\r\n\r\n"), "a request ends with its empty line");
  const auto alone = read_http_request(received.substr(0, request.size_bytes));
  require(alone && alone->has_value() && (*alone)->path == request.path,
          "what is behind a request says nothing");
  require(!read_http_request(received.substr(0, request.size_bytes - 1)), "a request is whole or not there");
  return 0;
}
