#include "mode.h"

#include <map>

#include "broker_peer.h"

namespace moldau::bench {

void add_broker(CLI::App& command, io::SocketAddress& address) {
  command
      .add_option_function<std::string>(
          "--broker", [&address](const std::string& text) { address = address_of(text); }, "host:port")
      ->required();
}

void add_process(CLI::App& command, pid_t& process) {
  command.add_option("--pid", process, "The process to measure")->required();
}

void add_shape(CLI::App& command, BatchShape& shape) {
  command.add_option("--batch-bytes", shape.batch_bytes, "Most bytes of a batch");
  command.add_option("--record-bytes", shape.record_bytes, "Bytes of a record's value");
  static const std::map<std::string, records::Codec> kCodecs{
      {"none", records::Codec::kNone}, {"lz4", records::Codec::kLz4}, {"zstd", records::Codec::kZstd}};
  command.add_option("--codec", shape.codec, "What the batch is compressed with")
      ->transform(CLI::CheckedTransformer(kCodecs));
}

void add_meter(CLI::App& command, MeterOptions& meter) {
  add_process(command, meter.process);
  command.add_option("--warm-up-bytes", meter.warm_up, "Bytes of batches before the measurement, at least");
  command.add_option("--warm-up-seconds", meter.warm_up_seconds, "Seconds before the measurement, at least");
  command.add_option("--bytes", meter.measured, "Bytes of batches to measure")->required();
}

}  // namespace moldau::bench
