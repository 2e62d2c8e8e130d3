#include <algorithm>
#include <iterator>

#include "tests/streams_groups/life.h"

namespace moldau::testing {
namespace {

using Request = StreamsLife::Request;
using Tasks = StreamsLife::Tasks;

Tasks follow(const Tasks& has, const Tasks& told, bool gives_back) {
  Tasks next = gives_back ? Tasks() : has;
  for (const auto& [id, partitions] : told)
    next[id].insert(partitions.begin(), partitions.end());
  return next;
}

Request::TaskIds task_ids(std::string_view subtopology, std::vector<std::int32_t> partitions) {
  Request::TaskIds ids;
  ids.subtopology_id = subtopology;
  ids.partitions = std::move(partitions);
  return ids;
}

std::vector<Request::TaskIds> all_task_ids(const Tasks& tasks) {
  std::vector<Request::TaskIds> all;
  for (const auto& [id, partitions] : tasks)
    all.push_back(task_ids(id, {partitions.begin(), partitions.end()}));
  return all;
}

}  // namespace

void StreamsLife::heartbeat(World& world, Member& member) {
  Request request = member.epoch == 0 ? joining(member) : staying(member);
  if (chance_.one_in(60)) request.shutdown_application = true;
  spoil(request);
  const Heard heard = world.heartbeat(request);
  if (heard.error == ErrorCode::kFencedMemberEpoch || heard.error == ErrorCode::kUnknownMemberId ||
      heard.error == ErrorCode::kGroupIdNotFound) {
    member.epoch = 0;
    member.active.clear();
    member.standby.clear();
    member.told_active.reset();
    return;
  }
  if (heard.error != ErrorCode::kNone) return;
  wanted_ = heard.wanted;
  const bool is_lost = chance_.one_in(12);
  if (is_lost) return;
  member.epoch = heard.epoch;
  member.endpoint_epoch = heard.endpoint_epoch;
  if (heard.active) {
    member.told_active = heard.active;
    member.told_standby = heard.standby;
  }
}

Request StreamsLife::joining(Member& member) {
  Request request = base(member);
  request.member_epoch = 0;
  request.rebalance_timeout_ms = member.rebalance_timeout_ms;
  request.topology = topology_;
  request.active_tasks.emplace();
  request.standby_tasks.emplace();
  request.warmup_tasks.emplace();
  if (!chance_.one_in(20)) request.process_id = member.process;
  if (chance_.one_in(8)) member.host = name("h");
  set_traits(request, member);
  const int odd = chance_.below(45);
  auto& subtopologies = request.topology->subtopologies;
  if (odd < 2) {
    ++request.topology->epoch;
  } else if (odd < 4) {
    --request.topology->epoch;
  } else if (odd == 4) {
    subtopologies.pop_back();
  } else if (odd == 5) {
    const auto first = subtopologies.front();
    subtopologies.push_back(first);
  } else if (odd == 6) {
    std::ranges::rotate(subtopologies, std::prev(subtopologies.end()));
  }
  return request;
}

Request StreamsLife::staying(Member& member) {
  const bool reports = !chance_.one_in(3);
  const bool gives_back = chance_.one_in(2);
  if (member.told_active) {
    member.active = follow(member.active, *member.told_active, gives_back);
    member.standby = follow(member.standby, *member.told_standby, gives_back);
  }
  std::int32_t epoch = member.epoch;
  if (chance_.one_in(20)) {
    --epoch;
  } else if (chance_.one_in(40)) {
    ++epoch;
  }
  Request request = base(member);
  request.member_epoch = epoch <= 0 ? member.epoch : epoch;
  if (reports) {
    request.active_tasks = all_task_ids(member.active);
    request.standby_tasks = all_task_ids(member.standby);
    request.warmup_tasks.emplace();
    const int odd = chance_.below(60);
    if (odd == 0) request.active_tasks->push_back(task_ids("none", {0}));
    if (odd == 1)
      request.standby_tasks->push_back(task_ids(topology_.subtopologies.front().subtopology_id, {999}));
  }
  change(request, member);
  if (chance_.one_in(10)) request.endpoint_information_epoch = 0;
  return request;
}

void StreamsLife::change(Request& request, Member& member) {
  if (chance_.one_in(25)) {
    const int process = chance_.below(static_cast<int>(processes_.size()));
    member.process = processes_[static_cast<std::size_t>(process)];
    request.process_id = member.process;
  }
  if (chance_.one_in(25)) {
    member.rack = name("r");
    member.tag = chance_.below(3);
    set_traits(request, member);
  }
}

Request StreamsLife::base(const Member& member) {
  Request request;
  request.group_id = GroupId("group");
  request.member_id = member.id;
  request.endpoint_information_epoch = member.endpoint_epoch;
  return request;
}

void StreamsLife::set_traits(Request& request, const Member& member) {
  request.rack_id = member.rack;
  if (member.host) {
    auto& endpoint = request.user_endpoint.emplace();
    endpoint.host = *member.host;
    endpoint.port = 8080;
  }
  if (member.tag < 0) return;
  request.client_tags.emplace();
  for (int i = 0; i < 2; ++i) {
    auto& tag = request.client_tags->emplace_back();
    tag.key = keep("key" + std::to_string(member.tag + 1 - i));
    tag.value = keep("value" + std::to_string(i));
  }
}

/// Makes some requests such as no client sends them.
void StreamsLife::spoil(Request& request) {
  constexpr int kKinds = 13;
  if (!chance_.one_in(40)) return;
  switch (chance_.below(kKinds)) {
    case 0:
      request.member_id = " ";
      return;
    case 1:
      request.instance_id = "instance";
      return;
    case 2:
      request.rack_id = "";
      return;
    case 3:
      request.member_epoch = -2;
      return;
    case 4:
      request.member_epoch = -3;
      return;
    case 5:
      request.rebalance_timeout_ms = -1;
      return;
    case 6:
      request.warmup_tasks.reset();
      return;
    case 7:
      request.active_tasks.reset();
      return;
    case 8:
      request.topology.reset();
      return;
    case 9:
      request.topology = topology_;
      return;
    case 10:
      request.task_offsets.emplace();
      return;
    case 11:
      request.task_end_offsets.emplace();
      return;
    default:
      request.warmup_tasks = {task_ids("0", {0})};
  }
}

void StreamsLife::leave(World& world) {
  const auto member = std::next(members_.begin(), chance_.below(static_cast<int>(members_.size())));
  Request request = base(*member);
  request.member_epoch = -1;
  if (chance_.one_in(10)) request.shutdown_application = true;
  world.heartbeat(request);
  if (!chance_.one_in(8)) members_.erase(member);
}

}  // namespace moldau::testing
