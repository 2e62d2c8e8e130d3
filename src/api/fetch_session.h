#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include "base/error_code.h"
#include "base/time.h"
#include "base/uuid.h"
#include "protocol/messages/fetch_request.h"

namespace moldau::api {

/// The name of a topic, for all of its partitions; nullptr where topics are named by id.
using SharedName = std::shared_ptr<const std::string>;

inline SharedName shared_name(std::string_view name) {
  return name.empty() ? nullptr : std::make_shared<const std::string>(name);
}

/// What a client wants of one partition, this time and until it says otherwise.
struct SessionPartition {
  SharedName topic;
  Uuid topic_id;
  std::int32_t partition = 0;
  std::int64_t fetch_offset = 0;
  std::int32_t max_bytes = 0;
  std::int32_t current_leader_epoch = -1;
  std::int32_t last_fetched_epoch = -1;
  /// The topic's id meant something when it was looked at before.
  bool was_known = false;

  /// Empty where topics are named by id.
  std::string_view name() const { return topic == nullptr ? std::string_view() : *topic; }
};

/// What was found out for one partition, as far as sessions care.
struct Found {
  ErrorCode error = ErrorCode::kNone;
  std::int64_t high_watermark = -1;
  std::int64_t log_start_offset = -1;
  bool has_records = false;
  bool is_diverging = false;
};

/// One fetch session (KIP-227): the partitions that a client fetches again and again, what it was told of
/// each, and the epoch of its next request. Pure.
class FetchSession {
 public:
  /// Epochs that begin a session, or end one.
  static constexpr std::int32_t kInitialEpoch = 0;
  static constexpr std::int32_t kFinalEpoch = -1;
  /// No session: ids are never 0.
  static constexpr std::int32_t kNoId = 0;

  FetchSession(std::int32_t id, bool names_ids, bool is_follower, Instant created)
      : id_(id), names_ids_(names_ids), is_follower_(is_follower), created_(created) {}

  std::int32_t id() const { return id_; }
  /// Whether its requests name topics by id; that may not change.
  bool names_ids() const { return names_ids_; }
  bool is_follower() const { return is_follower_; }
  Instant created() const { return created_; }
  std::size_t size() const { return order_.size(); }

  /// The epoch that the next request has to have.
  std::int32_t epoch() const { return epoch_; }
  void advance() { epoch_ = next_epoch(epoch_); }
  /// Behind the largest epoch comes 1 again, and behind the final one nothing.
  static std::int32_t next_epoch(std::int32_t epoch);

  /// Takes over the partitions that the request names, then drops those that it wants forgotten.
  void update(const protocol::FetchRequest& request);

  /// Adds a partition that was told of already.
  void add(SessionPartition partition, const Found& told);

  /// Notes what was found, and says whether the client has to be told: of records, of a high watermark or a
  /// log start that it does not know, of errors and of a diverging log each time. A partition with records
  /// goes to the end, so that the others have their turn. One that was forgotten meanwhile is told of.
  bool tell(std::string_view topic, const Uuid& topic_id, std::int32_t partition, const Found& found);

  /// In the order in which they are to be read.
  template <class Visit>
  void visit(Visit visit) const {
    for (const Entry& entry : order_) {
      visit(entry.wanted);
    }
  }

 private:
  struct Entry {
    SessionPartition wanted;
    std::int64_t high_watermark = -1;
    std::int64_t log_start_offset = -1;
  };
  /// The name is that of the entry.
  using Key = std::tuple<Uuid, std::string_view, std::int32_t>;

  static Key key_of(const SessionPartition& partition) {
    return {partition.topic_id, partition.name(), partition.partition};
  }
  void want(SessionPartition partition);
  void insert(Entry entry);

  std::int32_t id_;
  bool names_ids_;
  bool is_follower_;
  Instant created_;
  std::int32_t epoch_ = next_epoch(kInitialEpoch);
  std::list<Entry> order_;
  std::map<Key, std::list<Entry>::iterator> entries_;
};

/// A partition of a request.
SessionPartition session_partition(SharedName topic, const Uuid& topic_id,
                                   const protocol::FetchRequest::FetchPartition& partition);

}  // namespace moldau::api
