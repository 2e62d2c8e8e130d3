#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "base/bytes.h"
#include "coordinator/txn/transaction_coordinator.h"
#include "coordinator/txn/transaction_records.h"

/// Any key and value are a record of __transaction_state, are skipped, or are an error; what was read is
/// written and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moldau;
  using namespace moldau::coordinator;
  if (size < 2) return 0;
  const ByteView bytes(data + 1, size - 1);
  const std::size_t key_size = data[0] % (bytes.size() + 1);
  const ByteView key = bytes.first(key_size);
  const ByteView value = bytes.subspan(key_size);
  TransactionCoordinator coordinator({});
  const auto decoded = decode_transaction_record(key, value);
  require(coordinator.replay(key, value).has_value() == decoded.has_value(), "what can be read is replayed");
  if (!decoded || !*decoded) return 0;
  const Record written = transaction_record((*decoded)->transactional_id, *(*decoded)->value, 1);
  const auto again = decode_transaction_record(written.key, ByteView(*written.value));
  require(again && *again && (*again)->value == (*decoded)->value, "what was read can be written");
  for (const std::string& id : coordinator.unfinished()) {
    static_cast<void>(coordinator.markers(id));
  }
  return 0;
}
