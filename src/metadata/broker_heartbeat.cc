#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "metadata/broker_lifecycle.h"
#include "metadata/leader_updates.h"
#include "metadata/record_writer.h"

namespace moldau::metadata {
namespace {

enum class State : std::uint8_t { kFenced, kUnfenced, kControlledShutdown, kShutdownNow };

void append(std::vector<Bytes>& records, std::vector<Bytes> more) {
  std::ranges::move(more, std::back_inserter(records));
}

bool leads_any(BrokerId broker_id, const Image& image) {
  bool leads = false;
  for (const auto& [id, topic] : image.topics) {
    topic->for_each_partition(
        [&](std::int32_t, const Partition& partition) { leads = leads || partition.leader == broker_id; });
    if (leads) return true;
  }
  return false;
}

State present_state(const BrokerSessions::State& state) {
  if (state.controlled_shutdown_offset) return State::kControlledShutdown;
  return state.is_fenced ? State::kFenced : State::kUnfenced;
}

State next_state(const protocol::BrokerHeartbeatRequest& request, const BrokerRegistration& broker,
                 const BrokerSessions::State& state, const DecisionContext& context) {
  switch (present_state(state)) {
    case State::kFenced:
      if (request.want_shut_down) return State::kShutdownNow;
      if (request.want_fence) return State::kFenced;
      return request.current_metadata_offset >= broker.registration_offset ? State::kUnfenced
                                                                           : State::kFenced;
    case State::kUnfenced:
      if (request.want_fence) return request.want_shut_down ? State::kShutdownNow : State::kFenced;
      if (!request.want_shut_down) return State::kUnfenced;
      return leads_any(broker.id, context.image) ? State::kControlledShutdown : State::kShutdownNow;
    case State::kControlledShutdown:
      // Brokers that still serve must know that this one leads nothing before it goes.
      if (leads_any(broker.id, context.image)) return State::kControlledShutdown;
      return *state.controlled_shutdown_offset <= context.sessions.lowest_active_offset()
                 ? State::kShutdownNow
                 : State::kControlledShutdown;
    case State::kShutdownNow:
      break;
  }
  return State::kShutdownNow;
}

std::vector<Bytes> fence_records(const BrokerRegistration& broker, const DecisionContext& context) {
  auto records = membership_records(context, {.leaving = broker.id}, Affected::kInIsr);
  records.push_back(write::broker_change(broker.id, broker.epoch, {.is_fenced = true}));
  return records;
}

std::vector<Bytes> transition_records(State next, const BrokerRegistration& broker,
                                      const DecisionContext& context) {
  std::vector<Bytes> records;
  switch (next) {
    case State::kFenced:
    case State::kShutdownNow:
      return fence_records(broker, context);
    case State::kUnfenced:
      records.push_back(write::broker_change(broker.id, broker.epoch, {.is_fenced = false}));
      append(records, membership_records(context, {.arriving = broker.id}, Affected::kLeaderless));
      return records;
    case State::kControlledShutdown:
      if (!broker.in_controlled_shutdown) {
        records.push_back(
            write::broker_change(broker.id, broker.epoch, {.enters_controlled_shutdown = true}));
      }
      append(records, membership_records(context, {.leaving = broker.id}, Affected::kInIsr));
      return records;
  }
  return records;
}

/// Replicas in directories that went offline lose leadership; the broker goes on with what is left.
std::vector<Bytes> offline_records(const std::vector<Uuid>& reported, const BrokerRegistration& broker,
                                   const DecisionContext& context) {
  std::vector<Uuid> online;
  std::set<Uuid> offline;
  for (const Uuid& directory : broker.directories) {
    if (std::ranges::find(reported, directory) == reported.end()) {
      online.push_back(directory);
    } else {
      offline.insert(directory);
    }
  }
  std::vector<Bytes> records;
  if (offline.empty()) return records;
  for (const auto& [id, topic] : context.image.topics) {
    topic->for_each_partition([&, &owner = *topic](std::int32_t partition_id, const Partition& partition) {
      if (!contains(partition.replicas, broker.id) || !offline.contains(partition.directory_of(broker.id)))
        return;
      auto record = membership_record(context, {.leaving = broker.id}, owner, partition_id, partition);
      if (record) records.push_back(std::move(*record));
    });
  }
  records.push_back(write::broker_change(broker.id, broker.epoch, {.directories = std::move(online)}));
  return records;
}

std::vector<Bytes> cordon_records(const std::optional<std::vector<Uuid>>& reported,
                                  const BrokerRegistration& broker) {
  if (!reported) return {};
  const auto as_set = [](const std::vector<Uuid>& ids) { return std::set<Uuid>(ids.begin(), ids.end()); };
  if (broker.cordoned_directories && as_set(*broker.cordoned_directories) == as_set(*reported)) return {};
  return {write::broker_change(broker.id, broker.epoch, {.cordoned_directories = reported})};
}

}  // namespace

Result<Decision<HeartbeatReply>> heartbeat(const protocol::BrokerHeartbeatRequest& request,
                                           const DecisionContext& context) {
  auto checked = check_broker_epoch(context.image, request.broker_id, request.broker_epoch);
  if (!checked) return fail(std::move(checked).error());
  context.sessions.contact(request.broker_id, request.broker_epoch, context.now);
  const BrokerRegistration& broker = *context.image.broker(request.broker_id);
  if (context.sessions.find(broker.id) == nullptr) context.sessions.track(broker.id, broker.is_fenced);
  const BrokerSessions::State state = *context.sessions.find(broker.id);

  const State next = next_state(request, broker, state, context);
  Decision<HeartbeatReply> decision;
  if (next != present_state(state)) decision.records = transition_records(next, broker, context);
  const bool is_fenced = next == State::kFenced || next == State::kShutdownNow;
  context.sessions.touch(broker.id, is_fenced, request.current_metadata_offset);

  const MetadataVersion version = finalized_version(context);
  if (version.supports_directories()) {
    append(decision.records, offline_records(request.offline_log_dirs, broker, context));
  }
  if (version.supports_cordoned_directories()) {
    append(decision.records, cordon_records(request.cordoned_log_dirs, broker));
  }
  decision.response = {.is_caught_up = request.current_metadata_offset >= broker.registration_offset,
                       .is_fenced = is_fenced,
                       .should_shut_down = next == State::kShutdownNow,
                       .in_controlled_shutdown = next == State::kControlledShutdown};
  return decision;
}

Decision<bool> fence_one_stale_broker(const DecisionContext& context) {
  Decision<bool> decision;
  const auto expired = context.sessions.take_expired(context.now);
  if (!expired) return decision;
  decision.response = true;
  const auto& [id, epoch] = *expired;
  const BrokerRegistration* broker = context.image.broker(id);
  if (broker == nullptr) {
    context.sessions.forget(id);
  } else if (broker->epoch == epoch && !broker->is_fenced) {
    decision.records = fence_records(*broker, context);
    if (const auto* state = context.sessions.find(id))
      context.sessions.touch(id, true, state->metadata_offset);
  }
  return decision;
}

}  // namespace moldau::metadata
