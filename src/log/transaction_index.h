#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "io/directory.h"

namespace moldau::log {

/// One aborted transaction, as readers with read_committed need it.
struct AbortedTransaction {
  std::int64_t producer_id = -1;
  std::int64_t first_offset = 0;
  std::int64_t last_offset = 0;         ///< Of the ABORT marker.
  std::int64_t last_stable_offset = 0;  ///< When the marker was appended.

  bool operator==(const AbortedTransaction&) const = default;
};

/// The entries of a transaction index in order; an incomplete one at the end is left out. CORRUPT_MESSAGE if
/// one has an unknown version.
Result<std::vector<AbortedTransaction>> parse_transaction_index(ByteView bytes);

/// The aborted transactions whose marker is in one segment (docs/formats/transaction-index.md). The file is
/// made with the first of them.
class TransactionIndex {
 public:
  static constexpr std::size_t kEntrySize = 34;

  /// The file's name ends with `suffix`.
  TransactionIndex(std::shared_ptr<io::Directory> directory, std::int64_t base_offset,
                   std::string_view suffix = {})
      : directory_(std::move(directory)), base_offset_(base_offset), suffix_(suffix) {}

  /// KAFKA_STORAGE_ERROR if its marker is not behind the last one's. True if the file was made for it.
  Result<bool> append(const AbortedTransaction& aborted);

  /// All entries in order. KAFKA_STORAGE_ERROR if one has an unknown version.
  Result<std::vector<AbortedTransaction>> all();

  /// False if an entry has an unknown version or ends before the segment begins: the segment is then to be
  /// recovered.
  Result<bool> is_sane();

  /// Drops the transactions whose marker is at or above `offset`.
  Result<void> truncate_to(std::int64_t offset);
  Result<void> clear();

  /// nullptr if there is no file.
  Result<io::FileHandle> file();

 private:
  /// Where the next entry goes.
  struct End {
    std::uint64_t position = 0;
    std::int64_t last_offset = -1;  ///< Of the last entry.
  };

  Result<Bytes> content();
  Result<End> end();
  Result<void> open(io::OpenMode mode);

  std::shared_ptr<io::Directory> directory_;
  std::int64_t base_offset_;
  std::string suffix_;
  io::FileHandle file_;
  bool is_absent_ = false;  ///< There is no file, and only append() makes one.
  std::optional<End> end_;  ///< Nullopt until read, and after a cut.
};

}  // namespace moldau::log
