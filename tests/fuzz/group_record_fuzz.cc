#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "coordinator/group/group_coordinator.h"

/// Any key and value are a record of __consumer_offsets, are skipped, or are an error; what replays can be
/// read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moldau;
  using namespace moldau::coordinator;
  if (size < 2) return 0;
  const ByteView bytes(data + 1, size - 1);
  const std::size_t key_size = data[0] % (bytes.size() + 1);
  const ByteView value = bytes.subspan(key_size);
  GroupCoordinator coordinator({});
  const auto replayed = coordinator.replay(0, -1, bytes.first(key_size), value, 0);
  if (!replayed) return 0;
  coordinator.seal(1);
  coordinator.committed_up_to(1);
  static_cast<void>(coordinator.loaded({}));
  static_cast<void>(coordinator.list_groups({}, {}));
  static_cast<void>(coordinator.unloaded({}));
  return 0;
}
