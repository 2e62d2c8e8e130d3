#include "coordinator/group/classic_group.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "base/java_hash.h"
#include "coordinator/group/embedded_protocol.h"

namespace moldau::coordinator {
namespace {

constexpr std::string_view kConsumerProtocolType = "consumer";

bool is_valid_transition(ClassicState from, ClassicState to) {
  switch (to) {
    case ClassicState::kEmpty:
      return from == ClassicState::kPreparingRebalance;
    case ClassicState::kPreparingRebalance:
      return from == ClassicState::kStable || from == ClassicState::kCompletingRebalance ||
             from == ClassicState::kEmpty;
    case ClassicState::kCompletingRebalance:
      return from == ClassicState::kPreparingRebalance;
    case ClassicState::kStable:
      return from == ClassicState::kCompletingRebalance;
    case ClassicState::kDead:
      return true;
  }
  return false;
}

/// The order in which a small Java HashMap lists its keys; it breaks ties of the vote as Apache Kafka does.
std::uint32_t hash_map_place(std::string_view key) {
  constexpr std::uint32_t kBuckets = 16;
  const auto hash = static_cast<std::uint32_t>(java_hash(key));
  return (hash ^ (hash >> 16)) & (kBuckets - 1);
}

std::optional<std::string> owned(std::optional<std::string_view> text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

std::string_view state_name(ClassicState state) {
  constexpr std::array<std::string_view, 5> kNames = {"Empty", "PreparingRebalance", "CompletingRebalance",
                                                      "Stable", "Dead"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string_view ClassicMember::metadata(std::string_view protocol) const {
  const auto found = std::ranges::find(protocols, protocol, &MemberProtocol::name);
  return found == protocols.end() ? std::string_view{} : found->metadata;
}

bool ClassicMember::supports(std::string_view protocol) const {
  return std::ranges::find(protocols, protocol, &MemberProtocol::name) != protocols.end();
}

bool ClassicMember::has_satisfied_heartbeat() const {
  return !is_new && (join.has_value() || sync.has_value());
}

std::vector<MemberProtocol> copy_protocols(
    const std::vector<protocol::JoinGroupRequest::JoinGroupRequestProtocol>& protocols) {
  std::vector<MemberProtocol> copies;
  for (const auto& given : protocols) {
    if (std::ranges::find(copies, given.name, &MemberProtocol::name) != copies.end()) continue;
    copies.push_back({std::string(given.name), std::string(as_text(given.metadata.bytes))});
  }
  return copies;
}

ClassicGroup::ClassicGroup(std::string id, TimestampMs now) : id_(std::move(id)), state_timestamp_(now) {}

ClassicGroup::ClassicGroup(std::string id, const protocol::GroupMetadataValue& value)
    : id_(std::move(id)),
      state_(value.members.empty() ? ClassicState::kEmpty : ClassicState::kStable),
      generation_(value.generation),
      protocol_name_(owned(value.protocol)),
      leader_(owned(value.leader)) {
  if (!value.protocol_type.empty()) protocol_type_ = value.protocol_type;
  if (value.current_state_timestamp != -1) state_timestamp_ = value.current_state_timestamp;
  for (const auto& given : value.members) {
    ClassicMember member;
    member.id = given.member_id;
    member.instance_id = owned(given.group_instance_id);
    member.client_id = given.client_id;
    member.client_host = given.client_host;
    member.rebalance_timeout_ms =
        given.rebalance_timeout == -1 ? given.session_timeout : given.rebalance_timeout;
    member.session_timeout_ms = given.session_timeout;
    member.protocols.push_back({protocol_name_.value_or(""), std::string(as_text(given.subscription.bytes))});
    member.assignment = as_text(given.assignment.bytes);
    if (member.instance_id) static_members_.insert_or_assign(*member.instance_id, member.id);
    if (!leader_) leader_ = member.id;
    members_.insert_or_assign(member.id, std::move(member));
  }
  refresh_subscriptions();
}

ClassicGroup::ClassicGroup(std::string id, std::int32_t generation, std::vector<ClassicMember> consumers,
                           TimestampMs now)
    : id_(std::move(id)), state_(ClassicState::kStable), state_timestamp_(now), generation_(generation) {
  for (ClassicMember& consumer : consumers)
    add(std::move(consumer), kConsumerProtocolType);
  protocol_name_ = select_protocol();
  refresh_subscriptions();
}

void ClassicGroup::transition_to(ClassicState state, TimestampMs now) {
  require(is_valid_transition(state_, state), "a classic group changes its state along the known paths");
  previous_state_ = state_;
  state_ = state;
  state_timestamp_ = now;
}

bool ClassicGroup::can_rebalance() const {
  return is_valid_transition(state_, ClassicState::kPreparingRebalance);
}

ClassicMember* ClassicGroup::find(std::string_view member) {
  const auto found = members_.find(member);
  return found == members_.end() ? nullptr : &found->second;
}

const ClassicMember* ClassicGroup::find(std::string_view member) const {
  const auto found = members_.find(member);
  return found == members_.end() ? nullptr : &found->second;
}

const std::string* ClassicGroup::static_member(std::string_view instance_id) const {
  const auto found = static_members_.find(instance_id);
  return found == static_members_.end() ? nullptr : &found->second;
}

void ClassicGroup::add(ClassicMember member, std::string_view protocol_type) {
  if (members_.empty()) protocol_type_ = protocol_type;
  if (member.instance_id) static_members_.insert_or_assign(*member.instance_id, member.id);
  if (!leader_) leader_ = member.id;
  pending_join_.erase(member.id);
  members_.insert_or_assign(member.id, std::move(member));
}

void ClassicGroup::remove(std::string_view member) {
  const std::string id(member);
  if (const auto found = members_.find(id); found != members_.end()) {
    if (found->second.instance_id) static_members_.erase(*found->second.instance_id);
    members_.erase(found);
  }
  if (is_leader(id)) elect_any_leader();
  pending_join_.erase(id);
  pending_sync_.erase(id);
}

void ClassicGroup::elect_any_leader() {
  leader_ = members_.empty() ? std::nullopt : std::optional(members_.begin()->first);
}

ClassicMember& ClassicGroup::replace_static(std::string_view instance_id, const std::string& new_id) {
  const auto known = static_members_.find(instance_id);
  require(known != static_members_.end(), "only a known static member is replaced");
  auto node = members_.extract(known->second);
  require(!node.empty(), "static members are members");
  if (is_leader(known->second)) leader_ = new_id;
  known->second = new_id;
  node.key() = new_id;
  node.mapped().id = new_id;
  node.mapped().join.reset();
  node.mapped().sync.reset();
  node.mapped().is_new = false;
  return members_.insert(std::move(node)).position->second;
}

bool ClassicGroup::elect_joined_leader() {
  if (!leader_) return false;
  const ClassicMember* leader = find(*leader_);
  if (leader != nullptr && leader->join) return true;
  for (const auto& [id, member] : members_) {
    if (!member.join) continue;
    leader_ = id;
    return true;
  }
  return false;
}

void ClassicGroup::remove_pending_sync(std::string_view member) {
  if (const auto found = pending_sync_.find(member); found != pending_sync_.end()) pending_sync_.erase(found);
}

std::size_t ClassicGroup::awaiting_join_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(members_, [](const auto& entry) { return entry.second.join.has_value(); }));
}

bool ClassicGroup::all_members_joined() const {
  return pending_join_.empty() && awaiting_join_count() == members_.size();
}

std::int32_t ClassicGroup::rebalance_timeout_ms() const {
  std::int32_t longest = 0;
  for (const auto& [id, member] : members_)
    longest = std::max(longest, member.rebalance_timeout_ms);
  return longest;
}

ErrorCode ClassicGroup::check_member(std::string_view member,
                                     std::optional<std::string_view> instance_id) const {
  if (instance_id) {
    const std::string* known = static_member(*instance_id);
    if (known == nullptr) return ErrorCode::kUnknownMemberId;
    if (*known != member) return ErrorCode::kFencedInstanceId;
  }
  return has_member(member) ? ErrorCode::kNone : ErrorCode::kUnknownMemberId;
}

bool ClassicGroup::supports(
    std::string_view protocol_type,
    const std::vector<protocol::JoinGroupRequest::JoinGroupRequestProtocol>& protocols) const {
  if (is_in(ClassicState::kEmpty)) return !protocol_type.empty() && !protocols.empty();
  if (protocol_type_ != protocol_type) return false;
  return std::ranges::any_of(protocols, [&](const auto& offered) {
    return std::ranges::all_of(members_,
                               [&](const auto& entry) { return entry.second.supports(offered.name); });
  });
}

std::string ClassicGroup::select_protocol() const {
  require(!members_.empty(), "an empty group selects no protocol");
  std::map<std::pair<std::uint32_t, std::string>, int> votes;
  for (const auto& [id, voter] : members_) {
    for (const MemberProtocol& wanted : voter.protocols) {
      const bool common = std::ranges::all_of(
          members_, [&](const auto& entry) { return entry.second.supports(wanted.name); });
      if (!common) continue;
      ++votes[{hash_map_place(wanted.name), wanted.name}];
      break;
    }
  }
  require(!votes.empty(), "members joined by a protocol that all support");
  return std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; })->first.second;
}

void ClassicGroup::begin_generation(TimestampMs now) {
  ++generation_;
  if (members_.empty()) {
    protocol_name_.reset();
    refresh_subscriptions();
    transition_to(ClassicState::kEmpty, now);
  } else {
    protocol_name_ = select_protocol();
    refresh_subscriptions();
    transition_to(ClassicState::kCompletingRebalance, now);
  }
  pending_sync_.clear();
}

bool ClassicGroup::uses_consumer_protocol() const {
  return protocol_type_ == kConsumerProtocolType;
}

bool ClassicGroup::is_simple() const {
  return !protocol_type_ && is_in(ClassicState::kEmpty) && pending_join_.empty();
}

bool ClassicGroup::is_subscribed_to(std::string_view topic) const {
  return subscribed_topics_ ? subscribed_topics_->contains(topic) : uses_consumer_protocol();
}

void ClassicGroup::refresh_subscriptions() {
  subscribed_topics_.reset();
  if (!uses_consumer_protocol()) return;
  std::set<std::string, std::less<>> topics;
  if (!members_.empty() && !protocol_name_) return;
  for (const auto& [id, member] : members_) {
    const auto subscribed = subscribed_topics_of(as_bytes(member.metadata(*protocol_name_)));
    if (!subscribed) return;
    topics.insert(subscribed->begin(), subscribed->end());
  }
  subscribed_topics_ = std::move(topics);
}

protocol::GroupMetadataValue ClassicGroup::to_record(
    const std::map<std::string, std::string, std::less<>>& assignments) const {
  protocol::GroupMetadataValue value;
  value.protocol_type = protocol_type_ ? std::string_view(*protocol_type_) : std::string_view{};
  value.generation = generation_;
  value.protocol = protocol_name_;
  value.leader = leader_;
  value.current_state_timestamp = state_timestamp_.value_or(-1);
  for (const auto& [id, member] : members_) {
    protocol::GroupMetadataValue::MemberMetadata entry;
    entry.member_id = id;
    entry.group_instance_id = member.instance_id;
    entry.client_id = member.client_id;
    entry.client_host = member.client_host;
    entry.rebalance_timeout = member.rebalance_timeout_ms;
    entry.session_timeout = member.session_timeout_ms;
    entry.subscription = as_bytes(member.metadata(protocol_name_.value_or("")));
    if (const auto found = assignments.find(id); found != assignments.end()) {
      entry.assignment = as_bytes(found->second);
    }
    value.members.push_back(std::move(entry));
  }
  return value;
}

std::map<std::string, std::string, std::less<>> ClassicGroup::assignments() const {
  std::map<std::string, std::string, std::less<>> result;
  for (const auto& [id, member] : members_)
    result.emplace(id, member.assignment);
  return result;
}

}  // namespace moldau::coordinator
