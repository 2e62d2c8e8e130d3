#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "io/sim/network.h"
#include "io/stream.h"

namespace moldau::io::sim {

class SimLoop;

/// One end of a simulated connection.
class SimStream final : public Stream {
 public:
  /// Takes the end over from `pending`.
  SimStream(SimLoop& loop, SimPendingStream& pending);
  ~SimStream() override;
  SimStream(const SimStream&) = delete;
  SimStream& operator=(const SimStream&) = delete;

  void set_handler(StreamHandler* handler) override;
  Result<ReadOutcome> read(MutableBytes into) override;
  void send(std::vector<Piece> pieces) override;
  std::uint64_t queued_bytes() const override { return queued_bytes_; }
  void set_muted(bool muted) override;
  bool can_send_file() const override { return true; }
  SocketAddress local_address() const override { return local_; }

 private:
  struct Queued {
    Piece piece;
    std::uint64_t sent_bytes = 0;
    bool ends_send = false;
  };

  bool has_news() const;
  /// Has the handler told in a turn of its own.
  void report_soon();
  void report();
  void flush();
  /// False when the stream broke.
  bool flush_some(Queued& first);
  void break_off(Error reason);

  SimLoop& loop_;
  std::shared_ptr<Pipe> in_;
  std::shared_ptr<Pipe> out_;
  SocketAddress local_;
  StreamHandler* handler_ = nullptr;
  std::deque<Queued> queue_;
  std::uint64_t queued_bytes_ = 0;
  std::size_t unreported_sent_ = 0;
  bool muted_ = false;
  bool report_is_due_ = false;
  bool broken_is_reported_ = false;
  std::optional<Error> broken_;
  /// Tells events under way, and those that call the handler, whether the stream is still there.
  std::shared_ptr<SimStream*> self_ = std::make_shared<SimStream*>(this);
};

}  // namespace moldau::io::sim
