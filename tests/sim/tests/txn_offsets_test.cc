// Offsets that a transaction commits, from the group coordinator's partition down to its log and back.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <doctest/doctest.h>

#include "protocol/records/batch.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using runtime::GroupPartition;
using runtime::Task;

constexpr std::int64_t kProducer = 77;

struct Fetched {
  std::int64_t offset = -1;
  ErrorCode error = ErrorCode::kNone;

  bool operator==(const Fetched&) const = default;
};

/// A broker with one partition of offsets, whose coordinator is asked past the network.
class OffsetsNode {
 public:
  OffsetsNode() { start(); }

  void start() {
    node_.start();
    REQUIRE(node_.client().find_coordinator("g"));
    REQUIRE(node_.world().run_until([&] { return groups().is_loaded(); }, std::chrono::seconds(30)));
  }

  /// Ended without a word, and started anew.
  void restart() {
    node_.kill();
    start();
  }

  GroupPartition& groups() {
    const auto all = node_.node().groups(runtime::ShardId(0)).all();
    REQUIRE(all.size() == 1);
    return *all.front();
  }

  /// Commits an offset in a transaction; the transaction coordinator answers `verdict` when asked.
  ErrorCode commit(std::int64_t offset, std::int16_t epoch = 0, ErrorCode verdict = ErrorCode::kNone,
                   std::int16_t version = 5) {
    return commit_with(offset, epoch, version, [this, verdict] {
      ++questions;
      return answer(verdict);
    });
  }

  /// By a client whose transaction nobody verifies.
  ErrorCode commit_unverified(std::int64_t offset, std::int64_t producer_id, std::int16_t epoch) {
    return commit_with(offset, epoch, 4, nullptr, producer_id);
  }

  /// By a client of one epoch for many transactions; this one is aborted before its coordinator answers.
  ErrorCode commit_while_ending(std::int64_t offset) {
    return commit_with(offset, 0, 4, [this] { return groups().complete_transaction(marker(false, 0)); });
  }

  ErrorCode end(bool is_commit, std::int16_t epoch) {
    return run(groups().complete_transaction(marker(is_commit, epoch)));
  }
  Fetched fetch(bool require_stable) {
    using Reply = protocol::OffsetFetchResponse::OffsetFetchResponseGroup;
    protocol::OffsetFetchRequest::OffsetFetchRequestGroup request;
    request.group_id = GroupId("g");
    auto& topic = request.topics.emplace().emplace_back();
    topic.name = TopicName("t");
    topic.partition_indexes = {0};
    const auto reply = run(groups().fetch_offsets(request, require_stable, [](ErrorCode error) {
      Reply refused;
      refused.error_code = error;
      return refused;
    }));
    REQUIRE(reply.message.error_code == ErrorCode::kNone);
    const auto& partition = reply.message.topics.at(0).partitions.at(0);
    return {partition.committed_offset, partition.error_code};
  }

  /// The last batch in the log of offsets.
  records::BatchView last_batch() {
    const auto view = node_.node().cluster_view(groups().shard());
    const auto partition =
        node_.node().partitions(runtime::ShardId(0)).find(view->image.topic("__consumer_offsets")->id(), 0);
    REQUIRE(partition);
    log::PartitionLog& log = (*partition)->log();
    bytes_ = log.read_bytes(log.log_end_offset() - 1, 1 << 20, log.log_end_offset(), true).value();
    return records::BatchView::parse(bytes_).value();
  }

  int questions = 0;

 private:
  static Task<ErrorCode> answer(ErrorCode verdict) { co_return verdict; }

  static log::TransactionMarker marker(bool is_commit, std::int16_t epoch) {
    return {.producer_id = kProducer,
            .producer_epoch = epoch,
            .coordinator_epoch = 3,
            .is_commit = is_commit,
            .transaction_version = 0};
  }

  ErrorCode commit_with(std::int64_t offset, std::int16_t epoch, std::int16_t version,
                        GroupPartition::Verifier verify, std::int64_t producer_id = kProducer) {
    protocol::TxnOffsetCommitRequest request;
    request.transactional_id = TransactionalId("tx");
    request.group_id = GroupId("g");
    request.producer_id = ProducerId(producer_id);
    request.producer_epoch = epoch;
    auto& topic = request.topics.emplace_back();
    topic.name = TopicName("t");
    topic.partitions.push_back({.partition_index = 0, .committed_offset = offset, .unknown_tags = {}});
    coordinator::RequestContext context;
    context.api_version = version;
    const auto reply = run(groups().commit_transactional_offsets(context, request, std::move(verify)));
    return reply.message.topics.at(0).partitions.at(0).error_code;
  }

  template <class T>
  static Task<void> keep(Task<T> task, std::shared_ptr<std::optional<T>> outcome) {
    *outcome = co_await std::move(task);
  }

  /// Runs a task of the coordinator's to its end.
  template <class T>
  T run(Task<T> task) {
    const auto outcome = std::make_shared<std::optional<T>>();
    groups().shard().tasks().spawn(keep(std::move(task), outcome));
    node_.world().run_until([&] { return outcome->has_value(); }, std::chrono::seconds(30));
    REQUIRE(outcome->has_value());
    return *std::move(*outcome);
  }

  SeveralDisks node_{1, "offsets.topic.num.partitions=1\noffsets.topic.replication.factor=1\n"};
  Bytes bytes_;
};

TEST_CASE("offsets of a transaction are unstable until it ends, over a restart too") {
  OffsetsNode node;
  REQUIRE(node.commit(10) == ErrorCode::kNone);
  REQUIRE(node.end(true, 1) == ErrorCode::kNone);
  CHECK(node.fetch(true) == Fetched{10});
  REQUIRE(node.commit(20, 1) == ErrorCode::kNone);
  for (int i = 0; i < 2; ++i) {
    CHECK(node.fetch(false) == Fetched{10});
    CHECK(node.fetch(true) == Fetched{-1, ErrorCode::kUnstableOffsetCommit});
    node.restart();
  }
  SUBCASE("committed") {
    REQUIRE(node.end(true, 2) == ErrorCode::kNone);
    CHECK(node.fetch(true) == Fetched{20});
    node.restart();
    CHECK(node.fetch(true) == Fetched{20});
  }
  SUBCASE("aborted") {
    REQUIRE(node.end(false, 2) == ErrorCode::kNone);
    CHECK(node.fetch(true) == Fetched{10});
    node.restart();
    CHECK(node.fetch(true) == Fetched{10});
  }
}

TEST_CASE("the batch of a transaction's offsets bears its producer, as Apache Kafka writes it") {
  OffsetsNode node;
  REQUIRE(node.commit(10, 4) == ErrorCode::kNone);
  const records::BatchView batch = node.last_batch();
  CHECK(batch.is_transactional());
  CHECK(!batch.is_control());
  CHECK(batch.producer_id() == kProducer);
  CHECK(batch.producer_epoch() == 4);
  CHECK(batch.base_sequence() == 0);
}

TEST_CASE("the transaction coordinator is asked once for each transaction") {
  OffsetsNode node;
  CHECK(node.commit(1, 0, ErrorCode::kTransactionAbortable, 4) == ErrorCode::kTransactionAbortable);
  CHECK(node.fetch(true) == Fetched{-1});
  CHECK(node.questions == 1);
  CHECK(node.commit(2) == ErrorCode::kNone);
  CHECK(node.commit(3) == ErrorCode::kNone);
  CHECK(node.questions == 2);
  REQUIRE(node.end(true, 1) == ErrorCode::kNone);
  CHECK(node.commit(4, 1) == ErrorCode::kNone);
  CHECK(node.questions == 3);
  CHECK(node.commit(5, 0) == ErrorCode::kInvalidProducerEpoch);
  CHECK(node.questions == 3);
  CHECK(node.commit(6, 2, ErrorCode::kNetworkException) == ErrorCode::kCoordinatorLoadInProgress);
}

TEST_CASE("a transaction that ends while its coordinator is asked takes no more offsets") {
  OffsetsNode node;
  CHECK(node.commit_while_ending(1) == ErrorCode::kInvalidTxnState);
  CHECK(node.fetch(true) == Fetched{-1});
}

TEST_CASE("where nobody verifies transactions, producers that are none do no harm") {
  OffsetsNode node;
  CHECK(node.commit_unverified(1, kProducer, -1) == ErrorCode::kUnknownServerError);
  CHECK(node.commit_unverified(2, kProducer, -2) == ErrorCode::kInvalidProducerEpoch);
  CHECK(node.commit_unverified(3, -2, 0) == ErrorCode::kUnknownServerError);
  CHECK(node.fetch(true) == Fetched{-1});
  CHECK(node.commit_unverified(4, -1, 0) == ErrorCode::kNone);
  CHECK(node.fetch(true) == Fetched{4});
  CHECK(node.commit_unverified(5, kProducer, 0) == ErrorCode::kNone);
  CHECK(node.fetch(true) == Fetched{-1, ErrorCode::kUnstableOffsetCommit});
}

}  // namespace
}  // namespace moldau::sim
