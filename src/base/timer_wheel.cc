#include "base/timer_wheel.h"

#include <bit>
#include <utility>

#include "base/assert.h"

namespace moldau {
namespace {

constexpr std::uint64_t kNanosecondsPerTick = 1'000'000;
/// Beyond this the top level would wrap; such entries are parked at the horizon and placed anew there.
constexpr std::uint64_t kHorizonTicks = (std::uint64_t{1} << 36) - 1;

std::uint64_t tick_at_or_before(Instant at) {
  return static_cast<std::uint64_t>(at.since_start().count()) / kNanosecondsPerTick;
}

std::uint64_t tick_at_or_after(Instant at) {
  const auto nanoseconds = at.since_start().count();
  if (nanoseconds <= 0) return 0;
  return (static_cast<std::uint64_t>(nanoseconds) + kNanosecondsPerTick - 1) / kNanosecondsPerTick;
}

}  // namespace

void TimerWheel::Entry::unlink() {
  if (next_ == nullptr) return;
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = nullptr;
  previous_ = nullptr;
}

TimerWheel::Head::Head() {
  next_ = this;
  previous_ = this;
}

bool TimerWheel::Head::is_empty() const {
  return next_ == this;
}

TimerWheel::TimerWheel(Instant now) : tick_(tick_at_or_before(now)) {}

TimerWheel::~TimerWheel() {
  for (auto& level : slots_) {
    for (auto& head : level) {
      while (!head.is_empty()) {
        head.next_->unlink();
      }
    }
  }
}

void TimerWheel::add(Entry& entry, Instant deadline) {
  entry.unlink();
  if (deadline == Instant::never()) return;
  entry.tick_ = tick_at_or_after(deadline);
  place(entry);
}

void TimerWheel::place(Entry& entry) {
  const std::uint64_t earliest = tick_ + 1;
  std::uint64_t at = entry.tick_ < earliest ? earliest : entry.tick_;
  // Above the top level's reach the slot of the horizon serves as a waiting room.
  if ((at ^ tick_) > kHorizonTicks) at = tick_ | kHorizonTicks;
  const auto differing = (at ^ tick_) | (kSlots - 1);
  const auto level = static_cast<std::size_t>(63 - std::countl_zero(differing)) / kSlotBits;
  const auto slot = static_cast<std::size_t>(at >> (level * kSlotBits)) & (kSlots - 1);
  Head& head = slots_[level][slot];
  entry.next_ = &head;
  entry.previous_ = head.previous_;
  head.previous_->next_ = &entry;
  head.previous_ = &entry;
}

TimerWheel::Due TimerWheel::next_due() const {
  // At the horizon itself the waiting room is the slot that is current.
  if ((tick_ & kHorizonTicks) == kHorizonTicks && !slots_[0][kSlots - 1].is_empty()) {
    return {.level = 0, .slot = kSlots - 1, .tick = tick_ + 1, .found = true};
  }
  for (std::size_t level = 0; level < kLevels; ++level) {
    const std::size_t shift = level * kSlotBits;
    const auto current = static_cast<std::size_t>(tick_ >> shift) & (kSlots - 1);
    // Slots behind the current one hold nothing: their entries would belong to a higher level.
    for (std::size_t slot = current + (level == 0 ? 1 : 0); slot < kSlots; ++slot) {
      if (slots_[level][slot].is_empty()) continue;
      const std::uint64_t above = tick_ >> (shift + kSlotBits) << (shift + kSlotBits);
      const std::uint64_t begin = above | (static_cast<std::uint64_t>(slot) << shift);
      return {level, slot, begin < tick_ ? tick_ : begin, true};
    }
  }
  return {};
}

void TimerWheel::run_slot(const Due& due) {
  Head& head = slots_[due.level][due.slot];
  Head taken;
  taken.next_ = head.next_;
  taken.previous_ = head.previous_;
  taken.next_->previous_ = &taken;
  taken.previous_->next_ = &taken;
  head.next_ = &head;
  head.previous_ = &head;
  while (!taken.is_empty()) {
    Entry& entry = *taken.next_;
    entry.unlink();
    if (entry.tick_ <= tick_) {
      entry.fired();
    } else {
      place(entry);
    }
  }
  // The circular head must not look armed to its own destructor.
  taken.next_ = nullptr;
}

void TimerWheel::advance(Instant now) {
  const std::uint64_t target = tick_at_or_before(now);
  for (Due due = next_due(); due.found && due.tick <= target; due = next_due()) {
    require(due.tick >= tick_, "the wheel never turns back");
    tick_ = due.tick;
    run_slot(due);
  }
  if (target > tick_) tick_ = target;
}

Instant TimerWheel::next_wakeup() const {
  const Due due = next_due();
  if (!due.found) return Instant::never();
  return Instant(Duration(static_cast<std::int64_t>(due.tick * kNanosecondsPerTick)));
}

}  // namespace moldau
