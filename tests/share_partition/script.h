#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "share/share_partition.h"
#include "tests/share_partition/kept_state.h"
#include "tests/share_partition/made_log.h"
#include "tests/support/chance.h"

namespace moldau::testing {

/// What happens to a share partition, drawn from a seed and from what was seen of it so far, and what comes
/// of it, as text. compat-tests/share-partition/src/Script.java does the same with Apache Kafka's class.
class Script {
 public:
  explicit Script(std::uint64_t seed);

  /// Each event with its answer and what the share partition is then.
  std::string run();

 private:
  struct Held {
    int member = 0;
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
  };

  struct Pending {
    share::SharePartition::Write write;
    bool is_asked_for = false;  ///< somebody waits for the answer
  };

  /// A batch of an acknowledgement, with the types that it points to.
  struct Asked {
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    std::vector<std::int8_t> types;
  };

  static share::SharePartitionId partition_id();
  void draw_limits();
  void say(std::string_view text) { text_ += text; }
  bool load();
  void step();
  void fetch();
  void acquire(int member, const share::AcquireRequest& request);
  void acknowledge();
  Asked draw_asked(int& member);
  std::int8_t draw_type();
  void release();
  void pass_time();
  void finish();
  void expire();
  void take(std::optional<share::SharePartition::Write> write, bool is_asked_for);
  void reload();
  void show();
  Instant now() const { return Instant(std::chrono::milliseconds(now_ms_)); }

  Chance chance_;
  std::string text_;
  bool is_over_ = false;
  std::int64_t now_ms_ = 1000;
  share::ShareLimits limits_;
  int modes_ = 0;  ///< 0 batch-optimized, 1 record limit, 2 both
  bool is_committed_only_ = false;
  MadeLog log_;
  KeptState kept_;
  std::int32_t leader_epoch_ = 5;
  share::SharePartition partition_;
  std::vector<Held> held_;
  std::vector<Pending> pending_;
  std::optional<std::int64_t> planned_offset_;
};

}  // namespace moldau::testing
