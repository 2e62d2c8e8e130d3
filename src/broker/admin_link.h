#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "io/stream.h"
#include "io/uv/host.h"
#include "net/frame_reader.h"
#include "tools/admin.h"

namespace moldau::broker {

/// The connection of a command line tool: every call blocks, at most until the deadline of the link.
class MachineLink final : public tools::AdminLink, private io::StreamHandler {
 public:
  /// Connects to the first of the addresses that answers, again and again until one does. REQUEST_TIMED_OUT
  /// at the end of `patience`, which counts for all exchanges together.
  static Result<std::unique_ptr<MachineLink>> connect(const std::vector<io::SocketAddress>& addresses,
                                                      Duration patience);

  ~MachineLink() override;
  MachineLink(const MachineLink&) = delete;
  MachineLink& operator=(const MachineLink&) = delete;

  Result<net::Frame> exchange(Buffer frame) override;

 private:
  explicit MachineLink(Duration patience);

  bool try_connect(const io::SocketAddress& address);
  void pause();
  /// Lets the loop run until something of this object stops it.
  void wait();

  void on_readable() override;
  void on_sent(std::size_t count) override;
  void on_broken(const Error& error) override;
  void lose(Error error);

  io::uv::UvHost host_;
  std::unique_ptr<io::Timer> end_;
  std::unique_ptr<io::Timer> pause_;
  bool is_over_ = false;
  std::unique_ptr<io::Stream> stream_;
  net::FrameReader reader_;
  std::optional<Error> lost_;
};

}  // namespace moldau::broker
