#pragma once

// A topic that is created, filled and deleted over and over, under the same name.

#include <librdkafka/rdkafka.h>

#include "readback.h"

namespace load {

class Passage {
 public:
  Passage(std::string bootstrap, std::uint64_t seed, std::string topic, Settings configs, Notes& notes);
  ~Passage();
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;

  /// Goes on with what is under way; begins something new unless `rests`.
  void step(bool rests);

  /// True where nothing is under way.
  bool is_at_rest() const { return stage_ == Stage::kAbsent || stage_ == Stage::kFilled; }

  /// The topic is there with its records, or is not there at all. Returns how many records were read.
  std::size_t check();

  int lives() const { return lives_; }

 private:
  enum class Stage { kAbsent, kCreating, kFilling, kFilled, kDeleting };

  void request_creation();
  void request_deletion();
  void await_answer();
  void begin_life();
  void rest();
  bool is_listed();

  std::string bootstrap_;
  std::uint64_t seed_;
  std::string topic_;
  Settings configs_;
  Notes& notes_;
  Stage stage_ = Stage::kAbsent;
  int lives_ = 0;
  /// Requests of this stage; behind the first one, the one before may have done its work without an answer.
  int attempts_ = 0;
  bool request_is_under_way_ = false;
  Clock::time_point rests_until_ = Clock::now();
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<RdKafka::Producer> admin_;
  rd_kafka_queue_t* answers_ = nullptr;
};

}  // namespace load
