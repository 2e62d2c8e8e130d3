#pragma once

#include <cstdint>
#include <string>

#include "base/uuid.h"
#include "tests/sim/script_client.h"

namespace moldau::sim {

/// The state of one share partition whose start moves on by one each time, as its leader writes it, and what
/// of that was promised. What is acknowledged is on disk: the topic of the state has `flush.messages=1`.
class ShareStarts {
 public:
  /// The client outlives it.
  explicit ShareStarts(ScriptClient& client) : client_(client) {}

  /// Makes the topic of the state, and the state of the topic's first partition. The complaint if that fails;
  /// then nothing is promised.
  std::string begin(const Uuid& topic);
  /// Nothing happens if there is no state.
  void move();

  /// Holds the state against what was promised; the complaint, or nothing. What has come through without an
  /// answer is taken note of. Means nothing where the broker has ended meanwhile.
  std::string reconcile();

 private:
  bool find_coordinator();
  std::string check(std::int64_t start, std::int64_t first, std::int64_t last) const;

  ScriptClient& client_;
  Uuid topic_;
  std::int64_t sent_ = -1;          ///< the last start that was sent
  std::int64_t acknowledged_ = -1;  ///< likewise; -1 if there need be no state
};

}  // namespace moldau::sim
