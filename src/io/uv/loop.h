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

  /// Destroys a connection attempt that is over.
  void forget(const Connecting& attempt);

 private:
  void run_posted();
  void drop_posted();

  uv_loop_t loop_{};
  uv_async_t wake_{};
  uv_idle_t not_idle_{};  ///< active while own posts wait, so that the poll does not block
  uv_check_t after_poll_{};
  UvClock clock_;
  UvRandom random_;
  std::function<Lane&(LaneId)> lane_of_;
  std::list<std::unique_ptr<Connecting>> connecting_;
  std::vector<Task> own_posts_;  ///< from the loop's thread during the run
  std::vector<Task> running_;    ///< empty but for its memory, except in run_posted()
  std::mutex mutex_;
  std::vector<Task> foreign_posts_;  ///< from anywhere else; guarded by mutex_
};

}  // namespace moldau::io::uv
