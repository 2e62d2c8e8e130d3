#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "io/loop.h"
#include "io/sim/random.h"
#include "io/sim/world.h"

namespace moldau::io::sim {

class SimHost;

/// The clocks of a machine.
class SimClock final : public Clock {
 public:
  explicit SimClock(World& world) : world_(world) {}

  Instant now() const override { return world_.now(); }
  TimestampMs wall_ms() const override { return world_.wall_ms(); }

 private:
  World& world_;
};

/// A loop of a simulated process. Its turns come one after the other, and between those of other loops in an
/// order that the seed decides.
class SimLoop final : public Loop {
 public:
  SimLoop(SimHost& host, std::size_t index);
  ~SimLoop() override;
  SimLoop(const SimLoop&) = delete;
  SimLoop& operator=(const SimLoop&) = delete;

  const Clock& clock() const override { return clock_; }
  Random& random() override { return random_; }
  void post(Task task) override;
  void offload(LaneId lane, Task work, Task done) override;
  std::unique_ptr<Timer> make_timer(std::move_only_function<void()> fired) override;
  Result<std::unique_ptr<Listener>> listen(const SocketAddress& address, int backlog,
                                           ListenerHandler* handler) override;
  std::unique_ptr<Stream> adopt(std::unique_ptr<PendingStream> accepted, int send_buffer_bytes,
                                int receive_buffer_bytes) override;
  void connect(const SocketAddress& address,
               std::move_only_function<void(Result<std::unique_ptr<Stream>>)> done) override;

  /// Runs `event` on this loop at `when`, unless the process has ended by then.
  Schedule::EventId run_at(Instant when, Task event);
  /// The same in a turn soon to come.
  void run_soon(Task event);
  void cancel(const Schedule::EventId& event);

  SimHost& host() { return host_; }

 private:
  void take_post(Task task);
  void run_turn();

  SimHost& host_;
  SimClock clock_;
  SimRandom random_;
  SimRandom delays_;
  std::uint64_t number_;
  std::deque<Task> posted_;
  bool turn_is_due_ = false;
  std::map<std::uint64_t, Instant> last_from_;  ///< latest arrival of a post, by the number of its loop
};

}  // namespace moldau::io::sim
