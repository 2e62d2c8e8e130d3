#include "consume_load.h"

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "base/endian.h"
#include "broker_peer.h"
#include "fetches.h"
#include "io/uv/host.h"
#include "mode.h"

namespace moldau::bench {
namespace {

/// The frame by which the bare program is asked for a part of its file.
Buffer floor_request(std::uint64_t position, std::uint32_t size_bytes) {
  Buffer frame(16);
  store_big_endian(frame.data(), std::uint32_t{12});
  store_big_endian(frame.data() + 4, position);
  store_big_endian(frame.data() + 12, size_bytes);
  return frame;
}

/// What the reads of one partition have in common.
struct Range {
  std::size_t batch_bytes = 0;
  std::int32_t batch_records = 0;
  std::uint64_t batches = 0;  ///< in the partition
  std::uint64_t step = 0;     ///< whole batches in one fetch

  bool fits(std::uint64_t batch, std::size_t fetch_bytes) const {
    return batch * batch_bytes + fetch_bytes <= batches * batch_bytes;
  }
};

/// One connection that reads one partition.
class Consumer {
 public:
  Consumer(io::uv::UvHost& host, const ConsumeLoad& load, Meter& meter, const Range& range,
           const Uuid& topic_id, std::int32_t partition)
      : host_(host),
        load_(load),
        meter_(meter),
        range_(range),
        peer_(host, load.address),
        request_(fetch_request(topic_id, partition, load.fetch_bytes)) {}

  void fetch() {
    if (!range_.fits(batch_, load_.fetch_bytes)) batch_ = 0;
    const auto answered = [this](Result<net::Frame> answer) { take(std::move(answer)); };
    if (load_.from_floor) {
      // The answer begins with the first bytes of a batch: the upper half of a small offset.
      auto frame = floor_request(batch_ * range_.batch_bytes, static_cast<std::uint32_t>(load_.fetch_bytes));
      peer_.connection().send_frame(std::move(frame), 0, answered);
      return;
    }
    offset_of(request_) = offset();
    auto frame = wire::encode_request(request_, kFetchVersion, 0, "bench").value();
    const std::int32_t id = next_++;
    peer_.connection().send_frame(with_correlation_id(frame.bytes, id), id, answered);
  }

 private:
  std::int64_t offset() const { return static_cast<std::int64_t>(batch_) * range_.batch_records; }

  void take(Result<net::Frame> answer) {
    if (!answer) die("consuming", answer.error().message.c_str());
    const ByteView bytes = std::as_const(*answer).bytes();
    load_.from_floor ? check(bytes) : check_response(bytes);
    meter_.count(load_.fetch_bytes);
    if (meter_.is_done()) return host_.stop();
    batch_ += range_.step;
    fetch();
  }

  void check_response(ByteView answer) const {
    const auto response = wire::decode_response<protocol::FetchResponse>(answer, kFetchVersion);
    if (!response) die("consuming", response.error().message.c_str());
    check(fetched_records(*response));
  }

  /// As many bytes as asked for, from the offset asked for.
  void check(ByteView records) const {
    if (records.size() != load_.fetch_bytes) die("consuming", "not as many bytes as asked for");
    if (load_.from_floor) return;
    if (load_big_endian<std::int64_t>(records.data()) != offset())
      die("consuming", "not the batch asked for");
  }

  io::uv::UvHost& host_;
  const ConsumeLoad& load_;
  Meter& meter_;
  const Range& range_;
  BrokerPeer peer_;
  protocol::FetchRequest request_;
  std::uint64_t batch_ = 0;  ///< at which the next fetch begins
  std::int32_t next_ = 1;
};

}  // namespace

Mode add_consume(CLI::App& app) {
  const auto load = std::make_shared<ConsumeLoad>();
  CLI::App& command = *app.add_subcommand("consume", "Fetch what fill has produced, again and again");
  add_broker(command, load->address);
  add_shape(command, load->shape);
  add_meter(command, load->meter);
  command.add_flag("--floor", load->from_floor, "The broker is the bare program");
  command.add_option("--topic", load->topic, "Name of the topic");
  command.add_option("--connections", load->connections, "Connections, and partitions");
  command.add_option("--fetch-bytes", load->fetch_bytes, "Bytes of records in an answer");
  command.add_option("--partition-bytes", load->partition_bytes, "As given to fill")->required();
  return {&command, [load] { bench::run(*load); }};
}

void run(const ConsumeLoad& load) {
  io::uv::UvHost host(1);
  Meter meter(host.loop(0).clock(), load.meter);
  const Batch batch = batch_of(load.shape, host.loop(0).clock().wall_ms());
  const Range range{.batch_bytes = batch.bytes.size(),
                    .batch_records = batch.records,
                    .batches = load.partition_bytes / batch.bytes.size(),
                    .step = load.fetch_bytes / batch.bytes.size()};
  if (range.step == 0 || !range.fits(0, load.fetch_bytes)) die("consuming", "sizes do not fit");
  const Uuid topic_id = load.from_floor ? Uuid() : BrokerPeer(host, load.address).topic_id_of(load.topic);
  std::vector<std::unique_ptr<Consumer>> consumers;
  for (std::size_t i = 0; i < load.connections; ++i) {
    consumers.push_back(
        std::make_unique<Consumer>(host, load, meter, range, topic_id, static_cast<std::int32_t>(i)));
    consumers.back()->fetch();
  }
  while (!meter.is_done()) {
    host.run();
  }
  std::puts(meter.report().c_str());
}

}  // namespace moldau::bench
