#include "tests/sim/transaction_script.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "runtime/node.h"
#include "tests/sim/transaction_logs.h"

namespace moldau::sim {
namespace {

constexpr std::int32_t kPartitions = 3;
constexpr std::int32_t kTimeoutMs = 5000;
constexpr const char* kTopic = "out";
/// Transactions that are left open are ended soon.
constexpr const char* kProperties =
    "transaction.abort.timed.out.transaction.cleanup.interval.ms=1000\n"
    "transaction.state.log.num.partitions=5\n";

std::string complaint(std::string_view what, ErrorCode error) {
  return std::string(what) + ": " + std::string(error_name(error));
}

/// What the coordinators of a node know, by transactional id; nullopt while one of them reads its log.
std::optional<std::map<std::string, coordinator::Transaction>> known_by(runtime::Node& node) {
  std::map<std::string, coordinator::Transaction> known;
  for (std::size_t i = 0; i < node.shards().count(); ++i) {
    for (const auto& one : node.transactions(runtime::ShardId(static_cast<std::uint32_t>(i))).all()) {
      if (!one->is_loaded()) return std::nullopt;
      one->state().visit({}, 0, [&known](std::string_view id, const coordinator::Transaction& transaction) {
        coordinator::Transaction& entry = known[std::string(id)];
        entry = transaction;
        entry.last_producer_epoch = coordinator::kNoProducerEpoch;  // is not in the log
      });
    }
  }
  return known;
}

}  // namespace

TransactionScript::TransactionScript(const Options& options)
    : options_(options),
      world_(options.seed),
      disk_(world_.seed(), "broker disk"),
      random_(world_.seed().stream("transactions")),
      admin_(world_, [this] { return goes_on(); }),
      client_(world_, [this] { return goes_on(); }) {
  for (int i = 0; i < 4; ++i) {
    producers_.push_back({.transactional_id = "t" + std::to_string(i),
                          .protocol = i % 2 == 0 ? TransactionProtocol::kEpochPerTransaction
                                                 : TransactionProtocol::kOneEpoch});
  }
}

bool TransactionScript::goes_on() const {
  return process_ != nullptr && process_->is_alive() && !process_->failure() && world_.now() < kill_at_;
}

std::string TransactionScript::start() {
  kill_at_ = Instant::never();
  process_ = std::make_unique<BrokerProcess>(
      world_, disk_, BrokerProcess::Settings{.loop_count = options_.loop_count, .properties = kProperties});
  if (const auto started = process_->start(); !started) {
    return "the broker did not start: " + started.error().message;
  }
  return client_.connect() ? std::string() : "no connection";
}

void TransactionScript::plan_kill() {
  if (!options_.kills) return;
  kill_at_ = world_.now() + random_.between(std::chrono::microseconds(200), std::chrono::milliseconds(20));
}

std::string TransactionScript::restart() {
  if (const auto& failure = process_->failure()) return "the broker gave up: " + failure->message;
  if (auto bad = judge_transactions(process_->broker().node(), kTopic); !bad.empty()) return bad;
  client_.disconnect();
  admin_.disconnect();
  process_.reset();
  ++kills_;
  return start();
}

std::string TransactionScript::prepare() {
  if (auto bad = start(); !bad.empty()) return bad;
  if (!admin_.connect()) return "no connection";
  const auto id = admin_.create_topic(kTopic, kPartitions, {});
  if (!id || *id == Uuid()) return "the topic was not made";
  topic_ = {.name = kTopic, .id = *id};
  for (const TransactionalProducer& producer : producers_) {
    if (!client_.find_coordinator(producer.transactional_id)) return "there is no coordinator";
  }
  return {};
}

std::string TransactionScript::run() {
  if (auto bad = prepare(); !bad.empty()) return bad;
  plan_kill();
  for (int i = 0; i < options_.transactions; ++i) {
    if (auto bad = run_transaction(); !bad.empty()) return "transaction " + std::to_string(i) + ": " + bad;
  }
  if (auto bad = check(); !bad.empty()) return bad;
  return check_restart();
}

std::string TransactionScript::run_transaction() {
  TransactionalProducer& producer = producers_[random_.below(producers_.size())];
  // Until the broker lives long enough to answer: what is asked twice has to count once.
  std::string bad;
  const auto until_answered = [&](const auto& ask) -> std::optional<ErrorCode> {
    while (true) {
      if (const auto answer = ask()) {
        acknowledged_ += *answer == ErrorCode::kNone ? 1 : 0;
        return answer;
      }
      if (bad = restart(); !bad.empty()) return std::nullopt;
      plan_kill();
    }
  };
  if (producer.producer_id < 0 || random_.one_in(4)) {
    const auto begun = until_answered([&] { return client_.begin(producer, kTimeoutMs); });
    if (!begun) return bad;
    if (*begun != ErrorCode::kNone) return complaint("InitProducerId", *begun);
  }
  const Instant since = world_.now();
  Sent sent;
  // Such a client may end what it did not begin: it cannot know if its last records came.
  const bool may_be_empty = producer.protocol == TransactionProtocol::kEpochPerTransaction;
  const std::uint64_t batches = may_be_empty ? random_.below(4) : 1 + random_.below(3);
  for (std::uint64_t i = 0; i < batches; ++i) {
    std::vector<std::string> values;
    for (std::uint64_t n = 0; n <= random_.below(3); ++n) {
      values.push_back(std::to_string(++values_made_));
    }
    const auto partition = static_cast<std::int32_t>(random_.below(kPartitions));
    sent.values.insert(sent.values.end(), values.begin(), values.end());
    const auto produced =
        until_answered([&] { return client_.send(producer, topic_, partition, values, world_.wall_ms()); });
    if (!produced) return bad;
    if (*produced != ErrorCode::kNone) {
      producer.producer_id = -1;
      sent_.push_back(std::move(sent));
      const bool is_fenced =
          *produced == ErrorCode::kInvalidProducerEpoch || *produced == ErrorCode::kProducerFenced ||
          *produced == ErrorCode::kInvalidTxnState || *produced == ErrorCode::kInvalidProducerIdMapping;
      return is_fenced && is_overdue(since) ? std::string() : complaint("Produce", *produced);
    }
  }
  if (random_.one_in(6)) {
    producer.producer_id = -1;  // left alone: whoever has the id next aborts it, or the time does
    sent_.push_back(std::move(sent));
    return {};
  }
  const bool commit = batches > 0 && !random_.one_in(3);
  const auto ended = until_answered([&] { return client_.end(producer, commit); });
  if (!ended) return bad;
  if (*ended == ErrorCode::kNone && commit) {
    sent.is_committed = true;
    ++committed_;
  }
  sent_.push_back(std::move(sent));
  if (*ended == ErrorCode::kNone) return {};
  producer.producer_id = -1;
  const bool is_fenced =
      *ended == ErrorCode::kProducerFenced || *ended == ErrorCode::kInvalidProducerIdMapping;
  return is_fenced && is_overdue(since) ? std::string() : complaint("EndTxn", *ended);
}

bool TransactionScript::is_overdue(Instant since) const {
  return world_.now() - since > std::chrono::milliseconds(kTimeoutMs);
}

std::string TransactionScript::check() {
  kill_at_ = Instant::never();
  if (!goes_on()) {
    if (auto bad = restart(); !bad.empty()) return bad;
  }
  std::vector<std::string> seen;
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
    constexpr int kLongest = 30;
    for (int second = 0;; ++second) {
      const auto ends = client_.ends(kTopic, partition);
      if (!ends) return "no answer about a partition's end";
      if (ends->first == ends->second && ends->first >= 0) break;
      if (second == kLongest) return "a transaction hangs in partition " + std::to_string(partition);
      world_.run_for(std::chrono::seconds(1));
    }
    const auto values = client_.read_committed(topic_, partition);
    if (!values) return "reading: " + values.error().message;
    seen.insert(seen.end(), values->begin(), values->end());
  }
  return check_values(seen);
}

std::string TransactionScript::check_values(const std::vector<std::string>& seen) const {
  const std::set<std::string> once(seen.begin(), seen.end());
  if (once.size() != seen.size()) return "a record was read twice";
  std::size_t known = 0;
  for (const Sent& sent : sent_) {
    const auto is_seen = [&once](const std::string& value) { return once.contains(value); };
    const auto count = std::ranges::count_if(sent.values, is_seen);
    known += static_cast<std::size_t>(count);
    if (sent.is_committed && std::cmp_not_equal(count, sent.values.size())) {
      return "of a committed transaction " + sent.values.front() + ".. are " + std::to_string(count);
    }
    if (!sent.is_committed && count > 0) {
      return "of a transaction that was not committed, " + sent.values.front() + ".., are " +
             std::to_string(count);
    }
  }
  return known == once.size() ? std::string() : "a record was read that nobody has sent";
}

std::string TransactionScript::check_restart() {
  const auto before = known_by(process_->broker().node());
  if (!before || before->empty()) return "the coordinators know nothing";
  if (auto bad = restart(); !bad.empty()) return bad;
  std::optional<std::map<std::string, coordinator::Transaction>> after;
  world_.run_until(
      [&] {
        after = known_by(process_->broker().node());
        return after && after->size() == before->size();
      },
      std::chrono::seconds(30));
  return after == before ? std::string() : "the coordinators know something else after a restart";
}

}  // namespace moldau::sim
