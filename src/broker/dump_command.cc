#include "broker/dump_command.h"

#include <memory>
#include <string>
#include <string_view>

#include "io/uv/directory.h"
#include "tools/dump_log.h"

namespace moldau::broker {
namespace {

/// The real machine.
class Machine final : public tools::ToolHost {
 public:
  Machine(std::ostream& out, std::ostream& err) : out_(out), err_(err) {}

  Result<std::shared_ptr<io::Directory>> open_folder(const std::string& path) override {
    // Nothing is sent from its files, so no read lane comes into play.
    return io::uv::UvDirectory::open_existing(path, io::LaneId());
  }
  std::string absolute_path(const std::string& path) override { return io::uv::absolute_path(path); }
  void out(std::string_view line) override { out_ << line << '\n'; }
  void err(std::string_view line) override { err_ << line << '\n'; }

 private:
  std::ostream& out_;
  std::ostream& err_;
};

}  // namespace

DumpCommand::DumpCommand(CLI::App& command, std::ostream& out, std::ostream& err) : out_(out), err_(err) {
  command.add_option("--files", options_.files, "The files, with commas between them")->required();
  command.add_flag("--print-data-log", options_.print_data_log, "Print the content of records");
  command.add_flag("--deep-iteration", options_.deep_iteration,
                   "Show records, not only batches; implied by what prints their content");
  command.add_flag("--verify-index-only", options_.verify_index_only,
                   "Hold indexes against their log without printing the entries");
  command.add_flag("--index-sanity-check", options_.index_sanity_check,
                   "Do the check that a broker does in its start, and no other");
  command.add_option("--max-message-size", options_.max_message_size, "Largest batch that an index leads to")
      ->capture_default_str();
  command.add_option("--max-bytes", options_.max_bytes, "Read so much of each log")->capture_default_str();
  command.add_flag("--skip-record-metadata", options_.skip_record_metadata,
                   "Print of records their content alone, and no control records");
  command.add_flag("--offsets-decoder", offsets_, "Records are those of __consumer_offsets");
  command.add_flag("--transaction-log-decoder", transaction_log_, "Records are those of __transaction_state");
  command.add_flag("--cluster-metadata-decoder", cluster_metadata_, "Records are those of the metadata log");
  command.add_flag("--share-group-state-decoder", share_group_state_,
                   "Records are those of __share_group_state");
  command.add_flag("--json", options_.json, "Print one JSON object a line (docs/dump-log.md)");
}

int DumpCommand::run() {
  using tools::RecordKind;
  // Of several decoders one counts, in kafka-dump-log's order.
  options_.kind = offsets_             ? RecordKind::kOffsets
                  : transaction_log_   ? RecordKind::kTransactionLog
                  : cluster_metadata_  ? RecordKind::kClusterMetadata
                  : share_group_state_ ? RecordKind::kShareGroupState
                                       : RecordKind::kData;
  Machine machine(out_, err_);
  return tools::dump_log(options_, machine);
}

}  // namespace moldau::broker
