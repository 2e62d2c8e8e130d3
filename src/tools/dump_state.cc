#include "tools/dump_state.h"

#include <cstddef>
#include <utility>

#include "log/file_content.h"
#include "log/file_names.h"
#include "log/producer_snapshot.h"
#include "log/transaction_index.h"

namespace moldau::tools {
namespace {

Result<Bytes> read_file(io::Directory& folder, const std::string& name) {
  constexpr std::size_t kLargestBytes = std::size_t{1} << 30;
  auto bytes = log::read_small_file(folder, name, kLargestBytes);
  if (!bytes) return fail(std::move(bytes).error());
  if (*bytes) return *std::move(*bytes);
  return fail(ErrorCode::kKafkaStorageError, "there is no such file");
}

}  // namespace

Result<void> dump_producer_snapshot(io::Directory& folder, const std::string& name, DumpWriter& writer) {
  const auto bytes = read_file(folder, name);
  if (!bytes) return fail(bytes.error());
  const auto producers = log::parse_producer_snapshot(*bytes);
  if (!producers) {
    writer.corrupt_snapshot(producers.error().message);
    return {};
  }
  for (const log::ProducerEntry& producer : *producers) {
    writer.producer(producer);
  }
  return {};
}

Result<void> dump_transaction_index(io::Directory& folder, const std::string& name, DumpWriter& writer) {
  if (!log::offset_of_file_name(name)) {
    return fail(ErrorCode::kInvalidRequest, "the name does not begin with an offset");
  }
  const auto bytes = read_file(folder, name);
  if (!bytes) return fail(bytes.error());
  const auto transactions = log::parse_transaction_index(*bytes);
  if (!transactions) return fail(transactions.error());
  for (const log::AbortedTransaction& aborted : *transactions) {
    writer.aborted_transaction(aborted);
  }
  return {};
}

}  // namespace moldau::tools
