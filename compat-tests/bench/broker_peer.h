#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "io/uv/host.h"
#include "process.h"
#include "tests/client/await.h"
#include "tests/client/connection.h"

namespace moldau::bench {

/// A topic to create, with one replica a partition.
struct NewTopic {
  std::string name;
  std::int32_t partitions = 1;
  std::vector<std::string> configs = {};  ///< name=value
};

/// A connection that is used step by step while nothing else runs: preparations.
class BrokerPeer {
 public:
  /// Connects, or ends the program. `host` outlives it.
  BrokerPeer(io::uv::UvHost& host, const io::SocketAddress& address);

  /// Runs the host until the answer is there; ends the program when none comes.
  template <class Response, class Request>
  client::Answer<Response> ask(const Request& request, std::int16_t version) {
    auto got = client::await<Result<client::Answer<Response>>>(
        host_, [&](auto done) { connection_->send<Response>(request, version, std::move(done)); });
    if (!got) die(std::string(Request::kName).c_str(), got.error().message.c_str());
    return *std::move(got);
  }

  /// The answer to a frame made elsewhere, in the same way.
  net::Frame exchange(Buffer frame, std::int32_t correlation_id);

  /// Creates it and gives its id.
  Uuid create_topic(const NewTopic& topic);

  /// The id of a topic that is there; ends the program when it is not.
  Uuid topic_id_of(const std::string& name);

  client::Connection& connection() { return *connection_; }

 private:
  io::uv::UvHost& host_;
  std::unique_ptr<client::Connection> connection_;
};

/// "host:port", or the end of the program.
io::SocketAddress address_of(const std::string& text);

}  // namespace moldau::bench
