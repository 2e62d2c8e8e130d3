#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "io/loop.h"
#include "io/stream.h"
#include "net/frame_reader.h"

namespace moldau::tools {

/// Asks one broker, once, whether it serves clients: it answers ApiVersions, and Metadata names a broker that
/// is not fenced. Lives on its loop; destroying it ends it without a word.
class BrokerCheck final : private io::StreamHandler {
 public:
  using Done = std::move_only_function<void(Result<void>)>;

  /// Connects to `address` by itself. `done` is called once, from the loop, and may destroy the check; its
  /// error says what is amiss. A broker that says nothing keeps it waiting.
  BrokerCheck(io::Loop& loop, const io::SocketAddress& address, Done done);
  ~BrokerCheck() override;
  BrokerCheck(const BrokerCheck&) = delete;
  BrokerCheck& operator=(const BrokerCheck&) = delete;

 private:
  void on_readable() override;
  void on_sent(std::size_t count) override;
  void on_broken(const Error& error) override;

  void connected(Result<std::unique_ptr<io::Stream>> stream);
  template <class Request>
  void send(const Request& request, std::int16_t version);
  void take(ByteView answer);
  void take_versions(ByteView answer);
  void take_metadata(ByteView answer);
  void finish(Result<void> outcome);

  Done done_;
  std::unique_ptr<io::Stream> stream_;
  net::FrameReader reader_;
  std::int16_t metadata_version_ = 0;  ///< 0 while the broker's versions are not known
  std::int32_t correlation_id_ = 0;    ///< of the request under way
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace moldau::tools
