#include "tests/share_partition/session_script.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "share/fetch_turns.h"

namespace moldau::testing {

using share::ShareSessionKey;
using share::ShareSessionPartition;

namespace {

constexpr int kPartitions = 4;

std::string name_of(const ShareSessionPartition& partition) {
  return (partition.topic.empty() ? "?" : partition.topic) + std::to_string(partition.partition);
}

std::string names_of(const std::vector<ShareSessionPartition>& partitions) {
  std::string all = "[";
  for (const ShareSessionPartition& each : partitions)
    all += (all.size() > 1 ? " " : "") + name_of(each);
  return all + "]";
}

std::string error_text(const Error& error) {
  return "  error " + std::to_string(static_cast<int>(error.code)) + "\n";
}

}  // namespace

SessionScript::SessionScript(std::uint64_t seed)
    : chance_(seed), sessions_(static_cast<std::size_t>(chance_.below(4)) + 2) {}

std::string SessionScript::run() {
  const int steps = 20 + chance_.below(60);
  for (int i = 0; i < steps; ++i) {
    say(std::to_string(i) + " ");
    step();
    show();
  }
  return std::move(text_);
}

ShareSessionKey SessionScript::draw_member() {
  std::string group = "g" + std::to_string(chance_.below(2));
  return {.group = std::move(group), .member = "m" + std::to_string(chance_.below(3))};
}

std::string SessionScript::draw_connection(const ShareSessionKey& key) {
  return key.group + key.member + "c" + std::to_string(chance_.below(2));
}

std::int32_t SessionScript::draw_epoch(const ShareSessionKey& key) {
  if (chance_.one_in(6)) return chance_.below(5) - 2;
  const std::shared_ptr<share::ShareSession> session = sessions_.find(key);
  if (session == nullptr) return 0;
  return chance_.one_in(10) ? -1 : session->epoch();
}

std::vector<ShareSessionPartition> SessionScript::draw_partitions() {
  std::vector<ShareSessionPartition> found;
  for (int count = chance_.below(5); count > 0; --count) {
    const int topic = chance_.one_in(8) ? 2 : chance_.below(2);
    found.push_back({.topic_id = Uuid(7, static_cast<std::uint64_t>(topic)),
                     .topic = topic == 2 ? "" : "t" + std::to_string(topic),
                     .partition = chance_.below(kPartitions)});
  }
  if (chance_.one_in(20)) return found;
  std::vector<ShareSessionPartition> once;
  for (ShareSessionPartition& each : found) {
    if (std::ranges::find(once, each) == once.end()) once.push_back(std::move(each));
  }
  return once;
}

void SessionScript::step() {
  const int which = chance_.below(20);
  if (which < 11) return open();
  if (which < 16) return close();
  if (which < 17) return acknowledge();
  if (which < 18) return share();
  disconnect();
}

void SessionScript::open() {
  const ShareSessionKey key = draw_member();
  const std::int32_t epoch = draw_epoch(key);
  const std::vector<ShareSessionPartition> wanted = draw_partitions();
  std::vector<ShareSessionPartition> forgotten;
  if (epoch > 0 && chance_.one_in(2)) forgotten = draw_partitions();
  const bool has_acknowledgements = chance_.one_in(epoch == 0 ? 20 : 3);
  const std::string connection = draw_connection(key);
  say("open " + key.group + key.member + " " + std::to_string(epoch) + " on " + connection + " wants " +
      names_of(wanted) + " forgets " + names_of(forgotten) +
      (has_acknowledgements ? " acknowledges\n" : "\n"));
  Result<share::ShareFetchContext> context = sessions_.open({.key = key,
                                                             .epoch = epoch,
                                                             .connection = connection,
                                                             .wanted = wanted,
                                                             .forgotten = forgotten,
                                                             .has_acknowledgements = has_acknowledgements});
  if (!context) return say(error_text(context.error()));
  std::vector<ShareSessionPartition> known;
  std::vector<std::string> unknown;
  for (const ShareSessionPartition& each : context->partitions) {
    if (each.topic.empty()) {
      unknown.push_back(name_of(each));
    } else {
      known.push_back(each);
    }
  }
  std::ranges::sort(unknown);
  say("  fetches " + names_of(known) + " turned " + names_of(share::in_turn(known, epoch)) + " unknown [");
  for (const std::string& name : unknown)
    say((&name == &unknown.front() ? "" : " ") + name);
  say("]\n");
  const bool is_final = context->is_final;
  open_.push_back({.context = std::move(*context), .partitions = std::move(known), .last = std::nullopt});
  if (is_final) open_.back().last = key;
}

void SessionScript::close() {
  say("close");
  if (open_.empty()) return say("\n");
  const int at = chance_.below(static_cast<int>(open_.size()));
  const Open closed = std::move(open_[static_cast<std::size_t>(at)]);
  open_.erase(open_.begin() + at);
  std::vector<share::ShareFound> found;
  for (const ShareSessionPartition& each : closed.partitions) {
    const bool has_records = chance_.one_in(4);
    const bool has_error = chance_.one_in(6);
    say(" " + name_of(each) + (has_records ? "+" : "") + (has_error ? "!" : ""));
    found.push_back({.topic_id = each.topic_id,
                     .partition = each.partition,
                     .has_records = has_records,
                     .has_error = has_error});
  }
  say("\n");
  if (const auto told = share::ShareSessionCache::close(closed.context, found)) {
    std::vector<ShareSessionPartition> partitions;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if ((*told)[i]) partitions.push_back(closed.partitions[i]);
    }
    say("  told " + names_of(partitions) + "\n");
  } else {
    say(error_text(told.error()));
  }
  if (!closed.last) return;
  const std::shared_ptr<share::ShareSession> ended = sessions_.remove(*closed.last);
  say("  released " + (ended == nullptr ? "none" : names_of(ended->partitions())) + "\n");
}

void SessionScript::share() {
  const int bytes = 1 + chance_.below(40);
  const int partitions = 1 + chance_.below(8);
  const int acquired = partitions + chance_.below(8);
  std::vector<std::int32_t> shares = share::share_max_bytes(bytes, static_cast<std::size_t>(partitions),
                                                            static_cast<std::size_t>(acquired), 0);
  std::ranges::sort(shares);
  say("share " + std::to_string(bytes) + " " + std::to_string(partitions) + " " + std::to_string(acquired));
  for (const std::int32_t each : shares)
    say(" " + std::to_string(each));
  say("\n");
}

void SessionScript::acknowledge() {
  const ShareSessionKey key = draw_member();
  const std::int32_t epoch = draw_epoch(key);
  say("acknowledge " + key.group + key.member + " " + std::to_string(epoch) + "\n");
  const Result<void> done = sessions_.acknowledge(key, epoch);
  say(done ? "  done\n" : error_text(done.error()));
}

void SessionScript::disconnect() {
  const std::string connection = draw_connection(draw_member());
  say("disconnect " + connection + "\n  [");
  for (const std::string& group : sessions_.disconnect(connection).empty_groups)
    say(group);
  say("]\n");
}

void SessionScript::show() {
  say("  = " + std::to_string(sessions_.size()) + " " + std::to_string(sessions_.partition_count()));
  for (const char* group : {"g0", "g1"}) {
    for (const char* member : {"m0", "m1", "m2"}) {
      const std::shared_ptr<share::ShareSession> session = sessions_.find({.group = group, .member = member});
      if (session == nullptr) continue;
      say(std::string(" ") + group + member + " " + std::to_string(session->epoch()) + " " +
          names_of(session->partitions()));
    }
  }
  say("\n");
}

}  // namespace moldau::testing
