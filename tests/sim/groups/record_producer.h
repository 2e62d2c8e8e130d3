#pragma once

#include <cstdint>
#include <string>

#include "tests/sim/groups/group_actor.h"

namespace moldau::sim {

/// How the values of a partition's records begin.
inline std::string value_for(const Share& partition) {
  return text_of({partition}) + ": ";
}

/// Writes records that members of share groups read.
class RecordProducer final : public GroupActor {
 public:
  using GroupActor::GroupActor;

 protected:
  void act() override;
  void unanswered() override {}

 private:
  std::int64_t written_ = 0;
};

}  // namespace moldau::sim
