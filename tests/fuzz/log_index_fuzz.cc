#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "../log/memory_directory.h"
#include "log/offset_index.h"
#include "log/time_index.h"
#include "log/transaction_index.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// Any bytes as index files are opened, asked and cut without harm.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moldau;
  using namespace moldau::log;
  auto folder = std::make_shared<log::testing::MemoryDirectory>();
  for (const auto* name :
       {"00000000000000000007.index", "00000000000000000007.timeindex", "00000000000000000007.txnindex"}) {
    folder->put(name, as_text({data, size}));
  }
  auto offsets = OffsetIndex::open(*folder, 7, 1 << 20);
  auto times = TimeIndex::open(*folder, 7, 1 << 20);
  must(offsets.has_value() && times.has_value());
  must(offsets->lookup(100).has_value() && times->lookup(100).has_value());
  must(offsets->truncate_to(50).has_value() && times->truncate_to(50).has_value());
  must(offsets->write_pending().has_value() && times->write_pending().has_value());
  TransactionIndex aborted(folder, 7);
  must(aborted.is_sane().has_value());
  if (aborted.all()) must(aborted.truncate_to(50).has_value());
  return 0;
}
