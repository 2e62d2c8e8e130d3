#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cleanings.h"
#include "golden_lines.h"
#include "logs.h"
#include "protocol/records/record_iterator.h"

namespace moldau::log {
namespace {

using namespace testing;

std::string golden_text() {
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/../cleaner/cases.tsv.zst", std::ios::binary);
  REQUIRE(file.is_open());
  const std::string compressed((std::istreambuf_iterator<char>(file)), {});
  records::DecoderSet decoders;
  records::Decoder& decoder = decoders.open(records::Codec::kZstd, as_bytes(compressed), {});
  std::string text;
  while (true) {
    const auto chunk = decoder.next();
    REQUIRE(chunk.has_value());
    if (chunk->empty()) return text;
    text += as_text(*chunk);
  }
}

/// A log's batches with their compressed records in plain, without the sizes and sums that follow from how
/// they were compressed.
std::string in_plain(std::string_view log) {
  std::ostringstream text;
  records::BatchCursor cursor(as_bytes(log));
  records::DecoderSet decoders;
  while (const auto entry = cursor.next()) {
    const auto batch = records::BatchView::parse(entry->bytes);
    if (!batch || !batch->is_compressed()) {
      text << as_text(entry->bytes);
      continue;
    }
    CHECK(batch->is_valid());
    Bytes header(entry->bytes.begin(), entry->bytes.begin() + records::kBatchHeaderSize);
    for (const std::size_t at : {records::kLengthAt, records::kCrcAt})
      std::fill_n(header.begin() + static_cast<std::ptrdiff_t>(at), 4, std::uint8_t{0});
    text << as_text(header);
    records::Decoder& decoder = decoders.open(*batch->codec(), batch->records(), {});
    while (true) {
      const auto chunk = decoder.next();
      REQUIRE(chunk.has_value());
      if (chunk->empty()) break;
      text << as_text(*chunk);
    }
  }
  CHECK(cursor.stop() == records::CursorStop::kEnd);
  return text.str();
}

/// Does to a log what a case of compat-tests/golden-cleaner did to Apache Kafka's.
class CleanerReplay {
 public:
  void run(const std::vector<std::string>& line) {
    const std::string& word = line.at(0);
    CAPTURE(name_);
    if (word == "case") {
      name_ = line.at(1);
      known_.clear();
      cases_.insert(name_);
    } else if (word == "config") {
      configure(line);
    } else if (word == "open") {
      folder_ = std::make_shared<MemoryDirectory>();
      log_.reset();
      expected_.clear();
      options_.now_ms = number(line.at(1));
      options_.log_start_offset = number(line.at(2));
      options_.config.producer_id_expiration_ms = number(line.at(3));
    } else if (word == "file" || word == "same") {
      if (word == "file") known_[line.at(1)] = from_hex(line.at(3));
      folder_->put(line.at(1), known_.at(line.at(1)), number(line.at(2)));
    } else if (word == "select") {
      select(line);
    } else if (word == "clean") {
      clean(line);
    } else if (word == "left" || word == "kept") {
      if (word == "left") known_[line.at(1)] = from_hex(line.at(2));
      expected_[line.at(1)] = known_.at(line.at(1));
    } else if (word == "done" && !expected_.empty()) {
      compare();
    }
  }

  std::size_t cases() const { return cases_.size(); }
  int passes() const { return passes_; }
  int choices() const { return choices_; }

 private:
  void configure(const std::vector<std::string>& line) {
    options_ = {};
    options_.had_clean_shutdown = true;
    options_.config.segment_bytes = static_cast<std::int32_t>(number(line.at(1)));
    options_.config.segment.index_interval_bytes = static_cast<std::int32_t>(number(line.at(2)));
    options_.config.segment.index_size_max_bytes = static_cast<std::int32_t>(number(line.at(3)));
    options_.config.segment_ms = std::int64_t{1} << 40;
    options_.topic_id = Uuid(0x0123456789abcdefULL, 0x0fedcba987654321ULL);
    rules_.min_lag_ms = number(line.at(4));
    rules_.max_lag_ms = number(line.at(5));
  }

  PartitionLog& log() {
    if (log_ == nullptr) log_ = open(folder_, options_);
    return *log_;
  }

  void select(const std::vector<std::string>& line) {
    const TimestampMs now_ms = number(line.at(1));
    const std::int64_t stable = log().last_stable_offset(number(line.at(2)));
    const auto checkpoint =
        line.at(3) == "-" ? std::nullopt : std::optional<std::int64_t>(number(line.at(3)));
    const auto range = log().cleanable(stable, checkpoint, rules_, now_ms);
    REQUIRE(range.has_value());
    CAPTURE(line);
    CHECK(stable == number(line.at(4)));
    CHECK(range->first_dirty.offset == number(line.at(5)));
    CHECK(range->first_uncleanable_offset == number(line.at(6)));
    CHECK(range->cleanable_bytes == number(line.at(7)));
    CHECK(range->total_bytes() == number(line.at(8)));
    CHECK((range->delay_ms > 0) == (line.at(9) == "1"));
    CHECK(range->first_dirty.resets_checkpoint == (line.at(10) == "1"));
    ++choices_;
  }

  void clean(const std::vector<std::string>& line) {
    const CleaningRun pass{.first_dirty_offset = number(line.at(2)),
                           .first_uncleanable_offset = number(line.at(3)),
                           .now_ms = number(line.at(1)),
                           .delete_retention_ms = number(line.at(4)),
                           .map_bytes = static_cast<std::size_t>(number(line.at(5))),
                           .io_buffer_bytes = static_cast<std::size_t>(number(line.at(6)))};
    const auto end = pass.run(log());
    INFO((end ? "" : end.error().message));
    REQUIRE(end.has_value());
    CHECK(*end == number(line.at(7)));
    REQUIRE(log().close_clean());
    log_.reset();
    ++passes_;
  }

  void compare() {
    CAPTURE(passes_);
    for (const auto& [name, file] : folder_->files) {
      CAPTURE(name);
      CHECK(expected_.contains(name));
    }
    for (const auto& [name, content] : expected_) {
      CAPTURE(name);
      CHECK(folder_->files.contains(name));
      if (name.ends_with(kLogSuffix)) {
        CHECK((in_plain(folder_->text(name)) == in_plain(content)));
      } else if (has_same_log(name)) {
        CHECK((folder_->text(name) == content));
      }
    }
  }

  /// Where a batch was compressed anew it may have another size than Apache Kafka's, and those behind it
  /// other positions in the indexes.
  bool has_same_log(const std::string& name) const {
    const std::string log = name.substr(0, name.find('.')) + std::string(kLogSuffix);
    const auto expected = expected_.find(log);
    return expected == expected_.end() || folder_->text(log) == expected->second;
  }

  std::string name_;
  OpenOptions options_;
  CompactionRules rules_;
  std::map<std::string, std::string> known_;     ///< Content of files that were named in this case.
  std::map<std::string, std::string> expected_;  ///< Files that a pass is to leave.
  std::shared_ptr<MemoryDirectory> folder_;
  std::unique_ptr<PartitionLog> log_;
  std::set<std::string> cases_;
  int passes_ = 0;
  int choices_ = 0;
};

TEST_CASE("A pass of compaction leaves the files that Apache Kafka's cleaner leaves") {
  std::istringstream lines(golden_text());
  CleanerReplay replay;
  for (std::string line; std::getline(lines, line);)
    replay.run(fields_of(line));
  CHECK(replay.cases() == 44);
  CHECK(replay.passes() == 101);
  CHECK(replay.choices() == 200);
}

}  // namespace
}  // namespace moldau::log
