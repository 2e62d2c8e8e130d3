#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/uuid.h"

namespace moldau::quorum {

/// Names a replica of the metadata log (KIP-853). A zero directory id means "not known", which is all that
/// kraft.version 0 ever says.
struct ReplicaKey {
  BrokerId id{-1};
  Uuid directory_id;

  auto operator<=>(const ReplicaKey&) const = default;
  bool operator==(const ReplicaKey&) const = default;
};

/// Where a voter listens for the quorum's requests.
struct VoterEndpoint {
  std::string listener;  ///< Name of the listener, upper case as Kafka stores it, e.g. "CONTROLLER".
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const VoterEndpoint&) const = default;
};

/// Levels of kraft.version that a voter can run at, both ends included.
struct KraftVersionRange {
  std::int16_t min = 0;
  std::int16_t max = 1;

  bool operator==(const KraftVersionRange&) const = default;
};

/// One voter with all that a VotersRecord says of it.
struct Voter {
  ReplicaKey key;
  std::vector<VoterEndpoint> endpoints;
  KraftVersionRange kraft_versions;

  bool operator==(const Voter&) const = default;

  /// True if `replica` is this voter: the same id, and the same directory where the set knows one.
  bool is(const ReplicaKey& replica) const {
    return key.id == replica.id && (key.directory_id.is_zero() || key.directory_id == replica.directory_id);
  }
};

/// The replicas that elect and commit: from `controller.quorum.voters` (static) or from the newest
/// VotersRecord (dynamic). A value; ids are unique and ascending.
class VoterSet {
 public:
  VoterSet() = default;
  /// Of several voters with one id the last counts, as when Kafka reads a VotersRecord.
  explicit VoterSet(std::vector<Voter> voters);

  const std::vector<Voter>& voters() const { return voters_; }
  std::size_t size() const { return voters_.size(); }
  bool empty() const { return voters_.empty(); }

  /// The voter with that id, whatever its directory; nullptr if there is none. Valid as long as the set.
  const Voter* find(BrokerId id) const;
  bool is_voter(const ReplicaKey& replica) const;
  bool is_only_voter(const ReplicaKey& replica) const { return size() == 1 && is_voter(replica); }
  std::vector<BrokerId> ids() const;

  /// True if `voter` is in the set but listens elsewhere or supports other versions than the set says.
  bool needs_update(const Voter& voter) const;
  /// The set with `voter` in the place of the entry that is the same replica; nullopt if it is no voter.
  std::optional<VoterSet> with_updated(const Voter& voter) const;

  bool operator==(const VoterSet&) const = default;

 private:
  std::vector<Voter> voters_;
};

}  // namespace moldau::quorum
