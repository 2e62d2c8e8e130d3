#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include <uv.h>

#include "io/loop.h"
#include "io/uv/clock.h"
#include "io/uv/connecting.h"
#include "io/uv/lane.h"
#include "io/uv/random.h"

namespace moldau::io::uv {

class UvStream;

/// A loop of libuv, run by one thread.
class UvLoop final : public Loop {
 public:
  /// `lane_of` gives a lane of the host; called from the loop's thread.
  explicit UvLoop(std::function<Lane&(LaneId)> lane_of);
  ~UvLoop() override;
  UvLoop(const UvLoop&) = delete;
  UvLoop& operator=(const UvLoop&) = delete;

  /// Runs until stop() on the calling thread.
  void run();
  /// Ends run() in its next turn. From any thread.
  void stop();

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

  uv_loop_t* raw() { return &loop_; }

  /// Whether posted tasks run just now; what they send leaves behind the last of them.
  bool runs_posted() const { return runs_posted_; }
  /// Has the stream send then, if it is still there: `*stream` is null when it is not.
  void send_behind_posted(std::shared_ptr<UvStream*> stream) { senders_.push_back(std::move(stream)); }

  /// Destroys a connection attempt that is over.
  void forget(const Connecting& attempt);

 private:
  /// Whether the poll may sleep: from here on, foreign posts have to wake it.
  void before_poll();
  void keep_awake();
  void run_posted();
  void drop_posted();

  uv_loop_t loop_{};
  uv_async_t wake_{};
  uv_idle_t not_idle_{};  ///< active while posts wait, so that the poll does not block
  uv_prepare_t before_poll_{};
  uv_check_t after_poll_{};
  UvClock clock_;
  UvRandom random_;
  std::function<Lane&(LaneId)> lane_of_;
  std::list<std::unique_ptr<Connecting>> connecting_;
  std::vector<Task> own_posts_;                      ///< from the loop's thread during the run
  std::vector<Task> running_;                        ///< empty but for its memory, except in run_posted()
  std::vector<std::shared_ptr<UvStream*>> senders_;  ///< likewise
  bool runs_posted_ = false;
  std::mutex mutex_;
  std::vector<Task> foreign_posts_;  ///< from anywhere else; guarded by mutex_, as is asleep_
  bool asleep_ = true;               ///< the loop polls, or does not run, and nobody has woken it yet
};

}  // namespace moldau::io::uv
