#include "producer.h"

#include <algorithm>
#include <utility>

#include "process.h"

namespace moldau::bench {

Frames frames_of(const Uuid& topic_id, std::int32_t partitions, const Batch& batch, std::int16_t acks) {
  Frames frames{.of_partition = {}, .batch_bytes = batch.uncompressed_bytes};
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    frames.of_partition.push_back(produce_frame(topic_id, partition, batch.bytes, acks));
  }
  return frames;
}

Instant Pace::take(std::size_t bytes) {
  if (bytes_per_second_ == 0) return clock_.now();
  const double seconds = static_cast<double>(taken_bytes_) / static_cast<double>(bytes_per_second_);
  taken_bytes_ += bytes;
  return begin_ + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

Producer::Producer(io::uv::UvHost& host, const Options& options, const Frames& frames, Pace& pace,
                   std::function<void()> acknowledged)
    : host_(host),
      options_(options),
      frames_(frames),
      pace_(pace),
      acknowledged_(std::move(acknowledged)),
      peer_(host, options.address),
      timer_(host.loop(0).make_timer([this] {
        for (std::size_t due = std::exchange(held_, 0); due > 0; --due) {
          send();
        }
      })) {}

void Producer::begin() {
  for (std::size_t i = 0; i < options_.under_way; ++i) {
    send_when_due();
  }
}

void Producer::send_when_due() {
  const Instant due = pace_.take(frames_.batch_bytes);
  if (held_ == 0 && due <= host_.loop(0).clock().now()) {
    send();
    return;
  }
  ++held_;
  timer_->arm(due);
}

void Producer::send() {
  const std::int32_t id = next_++;
  // The bare program answers with the first bytes of the request: key 0 and version.
  const std::int32_t expected = options_.to_floor ? produce_version() : id;
  const Buffer& frame = frames_.of_partition[options_.partition];
  options_.partition = (options_.partition + 1) % frames_.of_partition.size();
  peer_.connection().send_frame(with_correlation_id(frame, id), expected,
                                [this](Result<net::Frame> answer) { answered(std::move(answer)); });
}

void Producer::answered(Result<net::Frame> answer) {
  if (!answer) die("producing", answer.error().message.c_str());
  if (!options_.to_floor) check_produced(std::as_const(*answer).bytes());
  acknowledged_();
  send_when_due();
}

}  // namespace moldau::bench
