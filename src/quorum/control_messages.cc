#include "quorum/control_messages.h"

#include "base/assert.h"
#include "protocol/messages/k_raft_version_record.h"
#include "protocol/messages/leader_change_message.h"
#include "protocol/messages/snapshot_footer_record.h"
#include "protocol/messages/snapshot_header_record.h"
#include "protocol/messages/voters_record.h"
#include "protocol/wire/message.h"

namespace moldau::quorum {
namespace {

template <class Message>
Bytes encoded(const Message& message) {
  auto bytes = wire::encode_message(message, 0);
  require(bytes.has_value(), "version 0 carries what the quorum writes");
  return std::move(*bytes);
}

}  // namespace

Bytes leader_change_message(const LeaderChangeBatch& batch) {
  protocol::LeaderChangeMessage message;
  message.leader_id = batch.leader;
  for (const BrokerId id : batch.voters)
    message.voters.emplace_back().voter_id = id.value();
  for (const BrokerId id : batch.granting_voters)
    message.granting_voters.emplace_back().voter_id = id.value();
  return encoded(message);
}

Bytes kraft_version_message(std::int16_t kraft_version) {
  protocol::KRaftVersionRecord message;
  message.k_raft_version = kraft_version;
  return encoded(message);
}

Bytes voters_message(const VoterSet& voters) {
  protocol::VotersRecord message;
  for (const Voter& voter : voters.voters()) {
    auto& written = message.voters.emplace_back();
    written.voter_id = voter.key.id;
    written.voter_directory_id = voter.key.directory_id;
    for (const VoterEndpoint& endpoint : voter.endpoints) {
      auto& written_endpoint = written.endpoints.emplace_back();
      written_endpoint.name = endpoint.listener;
      written_endpoint.host = endpoint.host;
      written_endpoint.port = endpoint.port;
    }
    written.k_raft_version_feature.min_supported_version = voter.kraft_versions.min;
    written.k_raft_version_feature.max_supported_version = voter.kraft_versions.max;
  }
  return encoded(message);
}

Bytes snapshot_header_message(TimestampMs last_contained_log_timestamp_ms) {
  protocol::SnapshotHeaderRecord message;
  message.last_contained_log_timestamp = last_contained_log_timestamp_ms;
  return encoded(message);
}

Bytes snapshot_footer_message() {
  return encoded(protocol::SnapshotFooterRecord{});
}

}  // namespace moldau::quorum
