#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"
#include "coordinator/share/share_coordinator.h"
#include "coordinator/share/share_records.h"

/// Any key and value are a record of __share_group_state, are skipped, or are an error; what was read is
/// written and read again as the same, and is read and summed up by whoever asks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moldau;
  using namespace moldau::coordinator;
  if (size < 2) return 0;
  const ByteView bytes(data + 1, size - 1);
  const std::size_t key_size = data[0] % (bytes.size() + 1);
  const ByteView key = bytes.first(key_size);
  const ByteView value = bytes.subspan(key_size);
  const auto decoded = decode_share_record(key, value);
  if (!decoded || !*decoded) return 0;
  const Record written = encode_share_record(**decoded);
  require(written.value.has_value(), "a value is read as a value");
  const auto again = decode_share_record(written.key, ByteView(*written.value));
  require(again && *again && **again == **decoded, "what was read can be written");
  ShareCoordinator coordinator{ShareCoordinatorConfig()};
  for (std::int64_t offset = 0; offset < 2; ++offset) {
    static_cast<void>(coordinator.replay(offset, key, value));
  }
  coordinator.seal(2);
  coordinator.committed_up_to(2);
  const ShareMoment at{.wall_ms = 1, .next_offset = 2};
  static_cast<void>(coordinator.read(at, (*decoded)->key, 7));
  for (const SharePartitionKey& cold : coordinator.cold(1'000'000)) {
    static_cast<void>(coordinator.snapshot(at, cold));
  }
  return 0;
}
