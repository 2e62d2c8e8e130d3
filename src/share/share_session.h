#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/uuid.h"

namespace moldau::share {

/// Whose session it is.
struct ShareSessionKey {
  std::string group;
  std::string member;

  auto operator<=>(const ShareSessionKey&) const = default;
};

/// A partition that a session fetches. `topic` is empty where its id meant nothing when the client named it;
/// only naming it anew after forgetting it changes that.
struct ShareSessionPartition {
  Uuid topic_id;
  std::string topic = {};
  std::int32_t partition = 0;

  bool operator==(const ShareSessionPartition&) const = default;
};

/// One share session (KIP-932): the partitions that a member fetches again and again, and the epoch of its
/// next request. Pure.
class ShareSession {
 public:
  /// Epochs that begin a session, or end one.
  static constexpr std::int32_t kInitialEpoch = 0;
  static constexpr std::int32_t kFinalEpoch = -1;

  /// `partitions` are told of by the request that begins it; each once.
  ShareSession(ShareSessionKey key, std::string connection,
               std::span<const ShareSessionPartition> partitions);

  const ShareSessionKey& key() const { return key_; }
  const std::string& connection() const { return connection_; }
  std::size_t size() const { return order_.size(); }

  /// The epoch that the next request has to have.
  std::int32_t epoch() const { return epoch_; }
  void advance() { epoch_ = next_epoch(epoch_); }
  /// Behind the largest epoch comes 1 again, and behind the final one nothing.
  static std::int32_t next_epoch(std::int32_t epoch);

  /// Takes over the partitions that a request names, then drops those that it wants forgotten.
  void update(std::span<const ShareSessionPartition> wanted,
              std::span<const ShareSessionPartition> forgotten);

  /// Whether the client has to be told of a partition: of records, of errors and once of its end, and when it
  /// is new. One with records goes to the end, so that the others have their turn.
  bool tell(const Uuid& topic_id, std::int32_t partition, bool has_records, bool has_error);

  /// In the order in which they are to be read.
  std::vector<ShareSessionPartition> partitions() const;

 private:
  struct Entry {
    ShareSessionPartition partition;
    bool is_news = false;
  };
  using Key = std::pair<Uuid, std::int32_t>;

  bool add(const ShareSessionPartition& partition, bool is_news);

  ShareSessionKey key_;
  std::string connection_;
  std::int32_t epoch_ = next_epoch(kInitialEpoch);
  std::list<Entry> order_;
  std::map<Key, std::list<Entry>::iterator> entries_;
};

}  // namespace moldau::share
