#include "consumer_group_load.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "batches.h"
#include "consumer_member.h"
#include "coordinator.h"
#include "deadline.h"
#include "first_writes.h"
#include "io/uv/host.h"
#include "mode.h"
#include "protocol/messages/consumer_group_describe_request.h"
#include "protocol/messages/consumer_group_describe_response.h"
#include "stretch.h"

namespace moldau::bench {
namespace {

constexpr auto kPatience = std::chrono::seconds(120);
/// Between two questions to a group that might be stable.
constexpr auto kBackoff = std::chrono::milliseconds(10);

/// One group, from its first join to its last member's leaving.
class Group {
 public:
  /// Connects its members.
  Group(io::uv::UvHost& host, const ConsumerGroupLoad& load, std::string id)
      : host_(host),
        load_(load),
        id_(std::move(id)),
        peer_(host, load.address),
        backoff_(host.loop(0).make_timer([this] { look(); })) {
    for (std::size_t i = 0; i < load.members; ++i) {
      members_.push_back(std::make_unique<ConsumerMember>(
          host,
          ConsumerMember::Options{.address = load.address,
                                  .group = id_,
                                  .topic = load.name,
                                  .member_id = host.loop(0).random().uuid().to_string()},
          [this] { look(); }));
    }
  }

  void join() {
    for (const auto& member : members_) {
      member->join();
    }
  }

  bool is_stable() const { return is_stable_; }

  void leave() {
    for (const auto& member : members_) {
      member->leave([this] {
        if (++left_ == members_.size()) host_.stop();
      });
    }
  }

  bool is_left() const { return left_ == members_.size(); }

 private:
  /// Asks the coordinator whether all is as it should be, once it is so here.
  void look() {
    if (is_asking_ || is_stable_ || !is_shared_out()) return;
    is_asking_ = true;
    using Request = protocol::ConsumerGroupDescribeRequest;
    Request request;
    request.group_ids.emplace_back(id_);
    peer_.connection().send<protocol::ConsumerGroupDescribeResponse>(
        request, Request::kVersions.highest, [this](auto answer) {
          if (!answer) die("ConsumerGroupDescribe", answer.error().message.c_str());
          take((*answer)->groups.at(0));
        });
  }

  void take(const protocol::ConsumerGroupDescribeResponse::DescribedGroup& described) {
    check_error("ConsumerGroupDescribe", described.error_code);
    is_asking_ = false;
    is_stable_ = described.group_state == "Stable" && described.members.size() == members_.size();
    is_stable_ ? host_.stop() : backoff_->arm(host_.loop(0).clock().now() + kBackoff);
  }

  /// Whether each member has as many partitions as any other, which no other has.
  bool is_shared_out() const {
    const std::size_t share = static_cast<std::size_t>(load_.partitions) / members_.size();
    std::vector<bool> taken(static_cast<std::size_t>(load_.partitions));
    for (const auto& member : members_) {
      if (member->partitions().size() != share) return false;
      for (const std::int32_t partition : member->partitions()) {
        const auto index = static_cast<std::size_t>(partition);
        if (taken.at(index)) return false;
        taken[index] = true;
      }
    }
    return true;
  }

  io::uv::UvHost& host_;
  const ConsumerGroupLoad& load_;
  std::string id_;
  BrokerPeer peer_;
  std::unique_ptr<io::Timer> backoff_;
  std::vector<std::unique_ptr<ConsumerMember>> members_;
  bool is_asking_ = false;
  bool is_stable_ = false;
  std::size_t left_ = 0;
};

using Groups = std::vector<std::unique_ptr<Group>>;

Groups connect(io::uv::UvHost& host, const ConsumerGroupLoad& load, const std::string& kind,
               std::size_t count) {
  Groups groups;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id = load.name + "-" + kind + "-" + std::to_string(i);
    await_coordinator(host, load.address, id);
    groups.push_back(std::make_unique<Group>(host, load, id));
  }
  return groups;
}

/// Begins with all groups at the same time, and returns when each is done.
void run_all(io::uv::UvHost& host, const Groups& groups, const char* what, void (Group::*begin)(),
             bool (Group::*is_done)() const) {
  const Deadline deadline(host.loop(0), kPatience, what);
  for (const auto& group : groups) {
    ((*group).*begin)();
  }
  while (!std::ranges::all_of(groups, [&](const auto& group) { return ((*group).*is_done)(); })) {
    host.run();
  }
}

void become_stable(io::uv::UvHost& host, const Groups& groups) {
  run_all(host, groups, "a group's becoming stable", &Group::join, &Group::is_stable);
}

void leave(io::uv::UvHost& host, const Groups& groups) {
  run_all(host, groups, "leaving a group", &Group::leave, &Group::is_left);
}

}  // namespace

Mode add_consumer_group(CLI::App& app) {
  const auto load = std::make_shared<ConsumerGroupLoad>();
  CLI::App& command =
      *app.add_subcommand("consumer-group", "Let a consumer group become stable, and leave it");
  add_broker(command, load->address);
  add_process(command, load->process);
  command.add_option("--members", load->members, "Members of a group")->check(CLI::PositiveNumber);
  command.add_option("--partitions", load->partitions, "Of the topic; a multiple of the members")
      ->check(CLI::PositiveNumber);
  command.add_option("--warm-up", load->warm_up, "Groups of these before, at the same time");
  return {&command, [load] { bench::run(*load); }};
}

void run(const ConsumerGroupLoad& load) {
  if (static_cast<std::size_t>(load.partitions) % load.members != 0) {
    die("forming a group", "the members cannot share the partitions evenly");
  }
  io::uv::UvHost host(1);
  const io::Clock& clock = host.loop(0).clock();
  const Batch batch = batch_of({.batch_bytes = 1, .record_bytes = 1024}, clock.wall_ms());
  create_led_topic(host, load.address, {load.name, load.partitions}, batch.bytes);
  {
    const Groups before = connect(host, load, "before", load.warm_up);
    become_stable(host, before);
    leave(host, before);
  }
  const Groups measured = connect(host, load, "measured", 1);
  const Mark begin = mark_now(clock, load.process);
  become_stable(host, measured);
  const Stretch stretch(begin, mark_now(clock, load.process));
  leave(host, measured);
  std::printf(R"({"members": %zu, "cpu_ms_per_group": %.3f, "stable_ms": %.1f, %s})"
              "\n",
              load.members, stretch.cpu_seconds() * 1e3, stretch.wall_seconds() * 1e3,
              stretch.fields().c_str());
}

}  // namespace moldau::bench
