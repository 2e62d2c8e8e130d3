#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "share/share_session_cache.h"
#include "tests/support/chance.h"

namespace moldau::testing {

/// Made-up requests about share sessions, what is answered and what the sessions are then, as text.
/// compat-tests/share-partition/src/SessionScript.java does the same with Apache Kafka's.
class SessionScript {
 public:
  explicit SessionScript(std::uint64_t seed);

  std::string run();

 private:
  struct Open {
    share::ShareFetchContext context;
    std::vector<share::ShareSessionPartition> partitions;  ///< those whose topics are known
    std::optional<share::ShareSessionKey> last;
  };

  void say(std::string_view text) { text_ += text; }
  share::ShareSessionKey draw_member();
  std::string draw_connection(const share::ShareSessionKey& key);
  std::int32_t draw_epoch(const share::ShareSessionKey& key);
  std::vector<share::ShareSessionPartition> draw_partitions();
  void step();
  void open();
  void close();
  void share();
  void acknowledge();
  void disconnect();
  void show();

  Chance chance_;
  std::string text_;
  share::ShareSessionCache sessions_;
  std::vector<Open> open_;
};

}  // namespace moldau::testing
