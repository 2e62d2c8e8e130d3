#include "quorum/control_records.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include "protocol/records/record_iterator.h"
#include "quorum/quorum_state_file.h"

namespace moldau::quorum {
namespace {

Bytes golden(const std::string& name) {
  std::ifstream file(std::filesystem::path(MOLDAU_GOLDEN_DIR) / name, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), name);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

/// What a leader would have appended to get this batch, given the control records before it.
LogBatch as_appended(const records::BatchView& batch, const ControlContent& control) {
  if (batch.is_control()) {
    LeaderChangeBatch change{.base_offset = batch.base_offset(),
                             .epoch = batch.partition_leader_epoch(),
                             .leader = *control.leader,
                             .voters = {*control.leader},
                             .granting_voters = {*control.leader},
                             .membership = {}};
    if (control.voters)
      change.membership = {.kraft_version = *control.kraft_version, .voters = *control.voters};
    return change;
  }
  DataBatch data{.base_offset = batch.base_offset(), .epoch = batch.partition_leader_epoch(), .records = {}};
  records::DecoderSet decoders;
  auto iterator = records::RecordIterator::open(batch, decoders);
  records::RecordView record;
  while (iterator->next(record).value())
    data.records.emplace_back(record.value->begin(), record.value->end());
  return data;
}

TEST_CASE("every batch of Apache Kafka's metadata log is encoded again byte for byte") {
  const Bytes log = golden("00000000000000000000.log");
  records::DecoderSet decoders;
  records::BatchCursor cursor(log);
  int control_batches = 0;
  int data_batches = 0;
  while (const auto entry = cursor.next()) {
    const auto batch = records::BatchView::parse(entry->bytes);
    REQUIRE(batch.has_value());
    ControlContent control;
    if (batch->is_control()) {
      ++control_batches;
      REQUIRE(read_control_batch(*batch, decoders, control).has_value());
    } else {
      ++data_batches;
    }
    const Buffer encoded = encode_batch(as_appended(*batch, control), batch->base_timestamp());
    CHECK(Bytes(encoded.bytes().begin(), encoded.bytes().end()) ==
          Bytes(entry->bytes.begin(), entry->bytes.end()));
  }
  CHECK(cursor.stop() == records::CursorStop::kEnd);
  CHECK(control_batches == 3);
  CHECK(data_batches > 20);
}

TEST_CASE("a run of this quorum over Apache Kafka's state opens the epochs that Apache Kafka opened") {
  records::DecoderSet decoders;
  const Bytes checkpoint = golden("00000000000000000000-0000000000.checkpoint");
  ControlContent formatted;
  REQUIRE(read_control_batch(*records::BatchView::parse(checkpoint), decoders, formatted).has_value());
  const Voter self = formatted.voters->voters().front();

  const Bytes log = golden("00000000000000000000.log");
  const auto first = records::BatchView::parse(log);
  Quorum quorum({.key = self.key, .endpoints = self.endpoints, .kraft_versions = self.kraft_versions});
  const Effects effects = quorum.step(Start{.persisted = {},
                                            .log_end_offset = 0,
                                            .last_epoch = 0,
                                            .voters = *formatted.voters,
                                            .kraft_version = 1});
  REQUIRE(effects.append.size() == 1);
  const Buffer encoded = encode_batch(effects.append[0], first->base_timestamp());
  CHECK(Bytes(encoded.bytes().begin(), encoded.bytes().end()) ==
        Bytes(first->bytes().begin(), first->bytes().end()));
}

TEST_CASE("Apache Kafka's quorum-state is read and written back byte for byte") {
  const Bytes file = golden("quorum-state");
  const auto state = parse_quorum_state(as_text(file));
  REQUIRE(state.has_value());
  CHECK(state->leader == BrokerId(1));
  CHECK(state->epoch == 3);
  CHECK(format_quorum_state(*state, 1) == as_text(file));
}

TEST_CASE("control records of unknown types are skipped and malformed ones refused") {
  records::DecoderSet decoders;
  ControlContent content;
  const auto read = [&](ByteView value) {
    const Buffer batch =
        records::build_control_batch({.is_control = true}, 1, records::ControlType::kKraftVersion, value);
    return read_control_batch(*records::BatchView::parse(batch.bytes()), decoders, content);
  };
  CHECK(read(Bytes{0, 0, 0, 1, 0}).has_value());
  CHECK(content.kraft_version == 1);
  CHECK_FALSE(read(Bytes{0, 0, 0, 1}).has_value());
  CHECK_FALSE(read(Bytes{0, 1, 0, 1, 0}).has_value());
  CHECK_FALSE(read(Bytes{0, 0, 0, 1, 0, 0}).has_value());
}

}  // namespace
}  // namespace moldau::quorum
