#include "first_writes.h"

#include <utility>

#include "batches.h"
#include "deadline.h"
#include "protocol/messages/produce_response.h"

namespace moldau::bench {
namespace {

constexpr auto kPatience = std::chrono::seconds(120);
/// As long as clients wait: their `retry.backoff.ms`.
constexpr auto kBackoff = std::chrono::milliseconds(100);

/// What is to be written, and how far that is.
struct Work {
  io::uv::UvHost& host;
  Uuid topic_id;
  std::int32_t partitions = 0;
  const Buffer& batch;
  std::int32_t next = 0;  ///< partition that nobody writes yet
  std::int32_t acknowledged = 0;
  std::uint64_t too_early = 0;
};

/// Whether the broker may lead the partition later: it learns of a topic after the controller has made it.
bool is_too_early(ErrorCode error) {
  return error == ErrorCode::kNotLeaderOrFollower || error == ErrorCode::kUnknownTopicOrPartition ||
         error == ErrorCode::kUnknownTopicId;
}

/// One request under way: takes a partition after the other.
class Writer {
 public:
  Writer(Work& work, BrokerPeer& peer)
      : work_(work), peer_(peer), backoff_(work.host.loop(0).make_timer([this] { send(); })) {}

  void next() {
    if (work_.next == work_.partitions) return;
    partition_ = work_.next++;
    send();
  }

 private:
  void send() {
    const Buffer frame = produce_frame(work_.topic_id, partition_, work_.batch);
    peer_.connection().send_frame(with_correlation_id(frame, partition_), partition_,
                                  [this](Result<net::Frame> answer) { answered(std::move(answer)); });
  }

  void answered(Result<net::Frame> answer) {
    if (!answer) die("writing to a partition", answer.error().message.c_str());
    const auto response =
        wire::decode_response<protocol::ProduceResponse>(std::as_const(*answer).bytes(), produce_version());
    if (!response) die("writing to a partition", response.error().message.c_str());
    const auto& partition = response->responses.at(0).partition_responses.at(0);
    if (partition.index != partition_) die("writing to a partition", "the answer of another one");
    if (is_too_early(partition.error_code)) {
      ++work_.too_early;
      return backoff_->arm(work_.host.loop(0).clock().now() + kBackoff);
    }
    check_error("writing to a partition", partition.error_code);
    if (partition.base_offset != 0) die("writing to a partition", "it was not empty");
    if (++work_.acknowledged == work_.partitions) return work_.host.stop();
    next();
  }

  Work& work_;
  BrokerPeer& peer_;
  std::unique_ptr<io::Timer> backoff_;
  std::int32_t partition_ = 0;
};

}  // namespace

FirstWrites::FirstWrites(io::uv::UvHost& host, const Options& options)
    : host_(host), under_way_(options.under_way) {
  for (std::size_t i = 0; i < options.connections; ++i) {
    peers_.push_back(std::make_unique<BrokerPeer>(host, options.address));
  }
}

std::uint64_t FirstWrites::run(const Uuid& topic_id, std::int32_t partitions, const Buffer& batch) {
  Work work{.host = host_, .topic_id = topic_id, .partitions = partitions, .batch = batch};
  const Deadline deadline(host_.loop(0), kPatience, "writing to each partition");
  std::vector<std::unique_ptr<Writer>> writers;
  for (std::size_t i = 0; i < under_way_; ++i) {
    for (const auto& peer : peers_) {
      writers.push_back(std::make_unique<Writer>(work, *peer));
      writers.back()->next();
    }
  }
  while (work.acknowledged < work.partitions) {
    host_.run();
  }
  return work.too_early;
}

Uuid create_led_topic(io::uv::UvHost& host, const io::SocketAddress& address, const NewTopic& topic,
                      const Buffer& batch) {
  const Uuid topic_id = BrokerPeer(host, address).create_topic(topic);
  FirstWrites(host, {.address = address}).run(topic_id, topic.partitions, batch);
  return topic_id;
}

}  // namespace moldau::bench
