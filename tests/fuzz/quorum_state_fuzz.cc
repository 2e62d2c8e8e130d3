#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "quorum/quorum_state_file.h"

/// What parses is written back in a form that parses to the same state.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto state = moldau::quorum::parse_quorum_state(moldau::as_text({data, size}));
  if (!state) return 0;
  const std::int16_t kraft_version = state->voted_for && state->voters.empty() ? 1 : 0;
  const auto again = moldau::quorum::parse_quorum_state(format_quorum_state(*state, kraft_version));
  if (!again || again->epoch != state->epoch || again->leader != state->leader) std::abort();
  return 0;
}
