#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "golden_lines.h"
#include "logs.h"

namespace moldau::log {
namespace {

using namespace testing;

/// Does to a log what a scenario of compat-tests/golden-log did to Apache Kafka's.
class Replay {
 public:
  void run(const std::vector<std::string>& line) {
    const std::string& word = line.at(0);
    if (word == "scenario") {
      begin(line);
    } else if (word == "put") {
      folder_->put(line.at(1), from_hex(line.at(2)));
    } else if (word == "open") {
      options_.had_clean_shutdown = line.at(1) == "1";
      options_.recovery_point = number(line.at(2));
      options_.log_start_offset = number(line.at(3));
      log_ = open(folder_, options_);
    } else if (word == "append") {
      append_line(line);
    } else if (word == "truncate") {
      REQUIRE(log_->truncate_to(number(line.at(1)), number(line.at(2))));
    } else if (word == "close") {
      REQUIRE(log_->close_clean());
      log_.reset();
    } else if (word == "file") {
      ++files_expected_;
      CAPTURE(scenario_);
      CAPTURE(line.at(1));
      CHECK(folder_->files.contains(line.at(1)));
      CHECK((folder_->text(line.at(1)) == from_hex(line.at(2))));
    } else if (word == "end") {
      CAPTURE(scenario_);
      CHECK(folder_->files.size() == files_expected_);
      ++scenarios_;
    }
  }

  int scenarios() const { return scenarios_; }

 private:
  void begin(const std::vector<std::string>& line) {
    scenario_ = line.at(1);
    folder_ = std::make_shared<MemoryDirectory>();
    files_expected_ = 0;
    options_ = {};
    options_.config.segment_bytes = static_cast<std::int32_t>(number(line.at(2)));
    options_.config.segment.index_interval_bytes = static_cast<std::int32_t>(number(line.at(3)));
    options_.config.segment_ms = number(line.at(4));
    options_.config.segment.index_size_max_bytes = static_cast<std::int32_t>(number(line.at(5)));
    options_.now_ms = 10000;
    options_.topic_id = Uuid(0x0123456789abcdefULL, 0x0fedcba987654321ULL);
  }

  void append_line(const std::vector<std::string>& line) {
    const std::string bytes = from_hex(line.at(4));
    const ByteView view = as_bytes(bytes);
    Bytes batch(view.begin(), view.end());
    const AppendOrigin origin = line.at(1) == "client" ? AppendOrigin::kClient : AppendOrigin::kCoordinator;
    const auto appended = log_->append_as_leader(batch, static_cast<std::int32_t>(number(line.at(2))),
                                                 number(line.at(3)), {.origin = origin});
    CAPTURE(scenario_);
    REQUIRE(appended.has_value());
  }

  std::string scenario_;
  std::shared_ptr<MemoryDirectory> folder_;
  OpenOptions options_;
  std::unique_ptr<PartitionLog> log_;
  std::size_t files_expected_ = 0;
  int scenarios_ = 0;
};

TEST_CASE("The same appends, truncations and crashes leave the files of Apache Kafka to the byte") {
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/scenarios.tsv");
  REQUIRE(file.is_open());
  Replay replay;
  for (std::string line; std::getline(file, line);)
    replay.run(fields_of(line));
  CHECK(replay.scenarios() == 13);
}

}  // namespace
}  // namespace moldau::log
