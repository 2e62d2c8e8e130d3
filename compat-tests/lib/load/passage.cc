#include "passage.h"

#include <algorithm>

namespace load {

namespace {

constexpr int kPartitions = 2;
constexpr int kRecords = 120;
constexpr int kRecordsAtOnce = 10;
constexpr std::chrono::seconds kPatience{20};

rd_kafka_AdminOptions_t* options_of(rd_kafka_t* client, rd_kafka_admin_op_t operation) {
  auto* options = rd_kafka_AdminOptions_new(client, operation);
  rd_kafka_AdminOptions_set_request_timeout(options, 5000, nullptr, 0);
  return options;
}

/// The topic's own error where there is one, otherwise the request's.
rd_kafka_resp_err_t error_of(rd_kafka_event_t* event) {
  if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) return rd_kafka_event_error(event);
  std::size_t count = 0;
  const auto* created = rd_kafka_event_CreateTopics_result(event);
  const auto* deleted = rd_kafka_event_DeleteTopics_result(event);
  const auto** topics = created != nullptr ? rd_kafka_CreateTopics_result_topics(created, &count)
                                           : rd_kafka_DeleteTopics_result_topics(deleted, &count);
  return count == 1 ? rd_kafka_topic_result_error(topics[0]) : RD_KAFKA_RESP_ERR__FAIL;
}

}  // namespace

Passage::Passage(std::string bootstrap, std::uint64_t seed, std::string topic, Settings configs, Notes& notes)
    : bootstrap_(std::move(bootstrap)),
      seed_(seed),
      topic_(std::move(topic)),
      configs_(std::move(configs)),
      notes_(notes) {
  std::string reason;
  // A request that librdkafka sent twice by itself could not be told from one that was done twice.
  auto conf = conf_of(bootstrap_, {{"retries", "0"}});
  admin_.reset(RdKafka::Producer::create(conf.get(), reason));
  if (!admin_) fail(reason);
  answers_ = rd_kafka_queue_new(admin_->c_ptr());
}

Passage::~Passage() {
  rd_kafka_queue_destroy(answers_);
}

void Passage::step(bool rests) {
  admin_->poll(0);
  if (request_is_under_way_) await_answer();
  if (request_is_under_way_) return;
  const bool is_due = !rests && Clock::now() >= rests_until_;
  switch (stage_) {
    case Stage::kAbsent:
      if (!is_due) return;
      attempts_ = 0;
      stage_ = Stage::kCreating;
      [[fallthrough]];
    case Stage::kCreating:
      request_creation();
      return;
    case Stage::kFilling:
      writer_->poll();
      if (writer_->sent().size() < kRecords) {
        writer_->send(kRecordsAtOnce);
      } else if (writer_->is_drained()) {
        stage_ = Stage::kFilled;
        rest();
      }
      return;
    case Stage::kFilled:
      if (!is_due) return;
      attempts_ = 0;
      stage_ = Stage::kDeleting;
      [[fallthrough]];
    case Stage::kDeleting:
      request_deletion();
      return;
  }
}

void Passage::rest() {
  rests_until_ = Clock::now() + std::chrono::milliseconds(
                                    mixed(seed_, hash_of(topic_), static_cast<unsigned>(lives_)) % 400);
}

void Passage::request_creation() {
  auto* topic = rd_kafka_NewTopic_new(topic_.c_str(), kPartitions, 1, nullptr, 0);
  for (const auto& [key, value] : configs_)
    rd_kafka_NewTopic_set_config(topic, key.c_str(), value.c_str());
  auto* options = options_of(admin_->c_ptr(), RD_KAFKA_ADMIN_OP_CREATETOPICS);
  rd_kafka_CreateTopics(admin_->c_ptr(), &topic, 1, options, answers_);
  rd_kafka_AdminOptions_destroy(options);
  rd_kafka_NewTopic_destroy(topic);
  ++attempts_;
  request_is_under_way_ = true;
}

void Passage::request_deletion() {
  auto* topic = rd_kafka_DeleteTopic_new(topic_.c_str());
  auto* options = options_of(admin_->c_ptr(), RD_KAFKA_ADMIN_OP_DELETETOPICS);
  rd_kafka_DeleteTopics(admin_->c_ptr(), &topic, 1, options, answers_);
  rd_kafka_AdminOptions_destroy(options);
  rd_kafka_DeleteTopic_destroy(topic);
  ++attempts_;
  request_is_under_way_ = true;
}

void Passage::await_answer() {
  auto* event = rd_kafka_queue_poll(answers_, 0);
  if (event == nullptr) return;
  request_is_under_way_ = false;
  const auto error = error_of(event);
  rd_kafka_event_destroy(event);
  const bool creates = stage_ == Stage::kCreating;
  const auto was_done_before =
      creates ? RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != was_done_before) return;
  if (error == was_done_before && attempts_ == 1) {
    notes_.complain(topic_ + (creates ? ", whose deletion was acknowledged, is there again" : " is gone") +
                    " after life " + std::to_string(lives_));
  }
  if (creates) {
    begin_life();
  } else {
    stage_ = Stage::kAbsent;
    rest();
    notes_.note("deleted " + topic_);
  }
}

void Passage::begin_life() {
  ++lives_;
  notes_.note("created " + topic_);
  writer_ = std::make_unique<Writer>(bootstrap_, seed_,
                                     WriterPlan{.name = topic_ + "-life-" + std::to_string(lives_),
                                                .topic = topic_,
                                                .partitions = kPartitions,
                                                .settings = {{"compression.codec", "lz4"}},
                                                .keeps_trying = false},
                                     notes_);
  stage_ = Stage::kFilling;
}

bool Passage::is_listed() {
  RdKafka::Metadata* raw = nullptr;
  const auto error = admin_->metadata(true, nullptr, &raw, 5000);
  const std::unique_ptr<RdKafka::Metadata> metadata(raw);
  if (error != RdKafka::ERR_NO_ERROR) return stage_ != Stage::kFilled;
  return std::ranges::any_of(*metadata->topics(),
                             [&](const auto* topic) { return topic->topic() == topic_; });
}

std::size_t Passage::check() {
  const auto deadline = Clock::now() + kPatience;
  const bool is_there = stage_ == Stage::kFilled;
  while (is_listed() != is_there) {
    if (Clock::now() < deadline) continue;
    notes_.complain(topic_ + (is_there ? " is not listed" : ", whose deletion was acknowledged, is listed") +
                    " after life " + std::to_string(lives_));
    return 0;
  }
  if (!is_there) return 0;
  const auto records = read_all(bootstrap_, topic_, kPartitions, notes_);
  check_records({writer_.get()}, records, notes_);
  return records.size();
}

}  // namespace load
