#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "base/uuid.h"
#include "metadata/image.h"
#include "tests/sim/client_process.h"
#include "tests/sim/ledger.h"

namespace moldau::sim {

/// Name and value of each setting that a topic overrides.
using TopicSettings = std::vector<std::pair<std::string, std::string>>;

/// An idempotent producer's place in one partition.
struct ProducerPlace {
  std::int64_t producer_id = -1;
  std::int16_t epoch = -1;
  std::int32_t sequence = -1;
};

/// A batch of those values, stamped with `now_ms`.
Buffer batch_of(const std::vector<std::string>& values, TimestampMs now_ms, const ProducerPlace& place);

/// The questions a script asks, each run to its answer. nullopt: there was none.
class ScriptClient {
 public:
  static constexpr std::size_t kConnections = 4;

  /// `go_on` says whether the broker still lives.
  ScriptClient(io::sim::World& world, std::function<bool()> go_on)
      : process_(world), go_on_(std::move(go_on)) {}

  bool connect() { return process_.connect(go_on_, kConnections); }
  void disconnect() { process_.disconnect(); }

  /// The topic's id; the zero id where it was refused.
  std::optional<Uuid> create_topic(const std::string& name, std::int32_t partitions,
                                   const TopicSettings& settings);
  std::optional<ErrorCode> delete_topic(const std::string& name);
  /// The topic's id by its name; the zero id where there is none.
  std::optional<Uuid> find_topic(const std::string& name);
  /// Sets a config of a topic, or of a broker or all brokers (an empty name); nullopt as value removes it.
  std::optional<ErrorCode> set_config(const metadata::ConfigResource& resource, const std::string& name,
                                      const std::optional<std::string>& value);
  std::optional<ErrorCode> create_partitions(const std::string& topic, std::int32_t count);
  std::optional<ErrorCode> upgrade_feature(std::string_view feature, std::int16_t level);
  /// The error, or where the log begins then.
  std::optional<Result<std::int64_t>> delete_records(const std::string& topic, std::int32_t partition,
                                                     std::int64_t before);
  /// Has the replica begin to move to the log directory at `path`.
  std::optional<ErrorCode> move_replica(const std::string& topic, std::int32_t partition,
                                        const std::string& path);
  std::optional<std::int64_t> new_producer_id();

  struct Produced {
    ErrorCode error = ErrorCode::kNone;
    std::int64_t base_offset = -1;
  };
  /// Sends with acks -1 on one of the connections; `done` hears the answer while the world runs.
  void produce(const Uuid& topic, std::int32_t partition, const Buffer& batch, std::size_t connection,
               std::move_only_function<void(std::optional<Produced>)> done);

  /// Everything from an offset on. The error is the broker's, or says what was read wrong.
  Result<std::vector<ReadRecord>> read_all(const Uuid& topic, std::int32_t partition, std::int64_t from = 0);
  /// Everything there is, wherever the log starts.
  Result<ReadLog> read_log(const std::string& name, const Uuid& topic, std::int32_t partition);
  /// Where the log starts.
  Result<std::int64_t> log_start(const std::string& topic, std::int32_t partition);

  std::optional<ErrorCode> commit(const std::string& group, const std::string& topic, std::int64_t offset);
  /// -1 where nothing is committed.
  std::optional<std::int64_t> committed(const std::string& group, const std::string& topic,
                                        std::int32_t partition = 0);
  /// As a member does that has no id yet.
  std::optional<ErrorCode> join_without_id(const std::string& group, std::int32_t session_timeout_ms);
  /// Waits until a coordinator answers for the key: a group, or by FindCoordinator's type of key.
  bool find_coordinator(const std::string& key, std::int8_t key_type = 0);

  /// Any other question.
  template <class Response, class Request>
  std::optional<client::Answer<Response>> call(const Request& request, std::int16_t version) {
    return process_.call<Response>(request, version, go_on_);
  }

 private:
  ClientProcess process_;
  std::function<bool()> go_on_;
};

}  // namespace moldau::sim
