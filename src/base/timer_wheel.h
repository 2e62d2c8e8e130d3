#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace moldau {

/// Many deadlines over one timer: adding and cancelling cost the same however many there are.
/// A hierarchical wheel of six levels of 64 slots with ticks of one millisecond; an entry moves down one
/// level when its slot comes up, and fires in level 0. Deadlines are rounded up, so nothing fires early.
/// Pure: the owner tells it the time and arms the real timer by next_wakeup().
class TimerWheel {
 public:
  /// One deadline. Lives in its owner and costs no allocation; leaves the wheel when destroyed.
  class Entry {
   public:
    Entry() = default;
    virtual ~Entry() { unlink(); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    bool is_armed() const { return next_ != nullptr; }

   protected:
    /// The deadline passed; the entry has left the wheel and may be added again or destroyed here.
    virtual void fired() = 0;

   private:
    friend class TimerWheel;
    void unlink();

    Entry* next_ = nullptr;
    Entry* previous_ = nullptr;
    std::uint64_t tick_ = 0;
  };

  explicit TimerWheel(Instant now);
  ~TimerWheel();
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  /// Arms `entry` for `deadline`, replacing its earlier one. A deadline in the past fires at the next
  /// advance(); Instant::never() fires never. The entry outlives its place in the wheel.
  void add(Entry& entry, Instant deadline);

  /// Disarms; nothing happens when the entry is not armed.
  static void cancel(Entry& entry) { entry.unlink(); }

  /// Fires every entry whose deadline is at or before `now`, earlier milliseconds first and, within one
  /// millisecond, in an order that depends on nothing but the calls made.
  void advance(Instant now);

  /// When advance() is to be called next: at or before the earliest deadline; never() when none is armed.
  Instant next_wakeup() const;

 private:
  static constexpr std::size_t kLevels = 6;
  static constexpr std::size_t kSlotBits = 6;
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;

  /// Heads of circular lists.
  class Head final : public Entry {
   public:
    Head();
    bool is_empty() const;

   private:
    void fired() override {}
  };

  struct Due {
    std::size_t level = 0;
    std::size_t slot = 0;
    std::uint64_t tick = 0;
    bool found = false;
  };

  Due next_due() const;
  void place(Entry& entry);
  void run_slot(const Due& due);

  std::array<std::array<Head, kSlots>, kLevels> slots_;
  std::uint64_t tick_;  ///< all entries of earlier ticks have fired
};

}  // namespace moldau
