#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/assert.h"
#include "base/bytes.h"
#include "coordinator/record_bytes.h"
#include "coordinator/streams_group/streams_group.h"
#include "coordinator/streams_group/topology.h"

/// Any key and value of a streams group's record are read or are an error; what is read is applied, and is
/// read as the same when it is written again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moldau;
  using namespace moldau::coordinator;
  if (size < 3) return 0;
  const ByteView bytes(data + 2, size - 2);
  const std::size_t key_size = data[0] % (bytes.size() + 1);
  const std::optional<ByteView> value = data[1] == 0 ? std::nullopt : std::optional(bytes.subspan(key_size));
  const ByteView key = bytes.first(key_size);
  const auto type = read_prefix(key);
  if (!type || !is_streams_group_record(*type)) return 0;
  const auto record = decode_streams_group_record(*type, key, value);
  if (!record) return 0;
  StreamsGroup group;
  group.apply(record->change);
  const Record written = encode_streams_group_record(record->group, record->change);
  const auto again = decode_streams_group_record(
      *type, written.key, written.value ? std::optional<ByteView>(*written.value) : std::nullopt);
  require(again.has_value(), "what is written can be read");
  StreamsGroup same;
  same.apply(again->change);
  require(same == group, "what is read back is the same");
  if (const StreamsTopology* topology = group.topology()) {
    static_cast<void>(check_topology(*topology));
    static_cast<void>(required_topics(*topology));
    static_cast<void>(reader_of(*topology, "topic"));
  }
  static_cast<void>(group.state());
  return 0;
}
