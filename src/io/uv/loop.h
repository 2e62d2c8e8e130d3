#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <uv.h>

#include "io/loop.h"
#include "io/uv/clock.h"
#include "io/uv/connecting.h"
#include "io/uv/lane.h"
#include "io/uv/random.h"

namespace moldau::io::uv {

class UvStream;

/// A loop of libuv. Its thread runs its turns and sleeps in between. While that sleeps, the thread of another
/// loop that has nothing to do may run turns in its stead, since to wake a thread takes longer than most
/// turns do. They run one at a time; libuv lets one thread poll and another run the callbacks (its docs,
/// uv_backend_fd).
class UvLoop final : public Loop {
 public:
  /// `lane_of` gives a lane of the host; called from the loop's thread.
  explicit UvLoop(std::function<Lane&(LaneId)> lane_of);
  ~UvLoop() override;
  UvLoop(const UvLoop&) = delete;
  UvLoop& operator=(const UvLoop&) = delete;

  /// Runs until stop(); the calling thread is the loop's until then.
  void run();
  /// Ends run() in its next turn. From any thread.
  void stop();

  const Clock& clock() const override { return clock_; }
  Random& random() override { return random_; }
  void post(Task task) override;
  void post_brief(Task task) override;
  void offload(LaneId lane, Task work, Task done) override;
  std::unique_ptr<Timer> make_timer(std::move_only_function<void()> fired) override;
  Result<std::unique_ptr<Listener>> listen(const SocketAddress& address, int backlog,
                                           ListenerHandler* handler) override;
  std::unique_ptr<Stream> adopt(std::unique_ptr<PendingStream> accepted, int send_buffer_bytes,
                                int receive_buffer_bytes) override;
  void connect(const SocketAddress& address,
               std::move_only_function<void(Result<std::unique_ptr<Stream>>)> done) override;

  uv_loop_t* raw() { return &loop_; }

  /// Whether posted tasks run just now; what they send leaves behind the last of them.
  bool runs_posted() const { return runs_posted_; }
  /// Of the turn under way.
  std::uint64_t turn_number() const { return turn_number_; }
  /// Whether tasks that this turn has posted are about to run, and all of them are brief.
  bool has_brief_posts() const { return !own_posts_.tasks.empty() && own_posts_.are_brief; }
  /// Has the stream send behind the last of them, if it is still there: `*stream` is null when it is not. Who
  /// has waited longest comes first.
  void send_behind_posted(std::shared_ptr<UvStream*> stream) { senders_.push_back(std::move(stream)); }

  /// Destroys a connection attempt that is over.
  void forget(const Connecting& attempt);

 private:
  /// Posted tasks that have not begun.
  struct Posts {
    std::vector<Task> tasks = {};
    bool are_brief = true;

    void add(Task task, bool is_brief) {
      are_brief = are_brief && is_brief;
      tasks.push_back(std::move(task));
    }
    /// Moves all of them behind `running`.
    void begin(std::vector<Task>& running);
  };

  /// Queues the task; true if somebody has to see to it, for the loop's thread sleeps.
  bool add(Task task, bool is_brief);
  /// Handles what has happened, if it is to, and runs what was posted.
  void run_turn(bool sees_to_events);
  void run_posted();
  void send_answers();
  void drop_posted();
  /// Whether nothing is left to do but to wait so long. With both mutexes held.
  bool is_done(int timeout_ms) const;
  /// How long the loop's thread may sleep, for ever if negative; from here on it counts as asleep. nullopt if
  /// it may not.
  std::optional<int> begin_sleep();
  /// Whether something happens within that time.
  bool wait_for_events(int timeout_ms) const;
  void wake();
  /// Sees to the loops to which this thread has posted while theirs slept: runs their turns where this loop
  /// has nothing to do, else wakes them. False if there are none.
  bool see_to_others(bool is_busy) const;
  /// Runs turns in the stead of the loop's thread until nothing is left to do; false if that has to be woken.
  bool run_for_sleeper();
  /// By uv_now().
  std::uint64_t end_of(int timeout_ms) const;

  uv_loop_t loop_{};
  uv_async_t wake_{};
  UvClock clock_;
  UvRandom random_;
  std::function<Lane&(LaneId)> lane_of_;
  std::list<std::unique_ptr<Connecting>> connecting_;
  std::mutex turn_;          ///< held by the thread that runs a turn; guards what is not guarded by mutex_
  bool is_running_ = false;  ///< in run()
  bool must_end_ = false;
  std::uint64_t sleeps_until_ms_ = 0;                ///< by uv_now()
  Posts own_posts_;                                  ///< from the loop's turns
  std::vector<Task> running_;                        ///< empty but for its memory, except in run_posted()
  std::vector<std::shared_ptr<UvStream*>> senders_;  ///< who sends behind the posted tasks
  std::uint64_t turn_number_ = 0;
  bool runs_posted_ = false;
  std::mutex mutex_;
  Posts foreign_posts_;  ///< from anywhere else; guarded by mutex_, as is asleep_
  /// The loop's thread sleeps and has not been woken, or there is none: who posts sees to it.
  bool asleep_ = true;
};

}  // namespace moldau::io::uv
