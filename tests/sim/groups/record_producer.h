#pragma once

#include <cstdint>
#include <string>

#include "tests/sim/groups/group_actor.h"

namespace moldau::sim {

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
