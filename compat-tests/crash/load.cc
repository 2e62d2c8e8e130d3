// The client side of compat-tests/crash/run: one process that lives through all crashes of the broker,
// writes, commits, creates and deletes, and knows what was acknowledged.
//
//   crash_load BOOTSTRAP NOTES-FILE SEED [TOPIC-CONFIG=VALUE...]
//
// The topics are there (run creates them), with the configs named; the one that comes and goes gets them,
// too. Lines on standard input are orders, and each is answered by one line on standard output:
//
//   crash     the broker goes any moment; no new commits     "crashing"
//   serve     the broker is back; the committed offsets      "serves", once each writer and the group got
//             are looked at, then commits go on              something new acknowledged
//   check     all that is under way comes to its end, and    "checked ...", or "failed"
//             everything is read back
//
// Lines "COMPLAINT ..." may stand before any answer. Ends with its standard input.

#include <algorithm>

#include <poll.h>

#include "group.h"
#include "orders.h"
#include "passage.h"

namespace {

using namespace load;

constexpr std::chrono::seconds kPatience{120};
constexpr int kTickMs = 3;

class Load {
 public:
  Load(const std::string& bootstrap, const std::string& notes_file, std::uint64_t seed,
       const Settings& configs)
      : bootstrap_(bootstrap),
        seed_(seed),
        notes_(notes_file),
        passage_(bootstrap, seed, "passing", configs, notes_),
        group_(bootstrap, "readers", {"idempotent", "plain"}, notes_) {
    for (const std::string codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
      add({.name = "idempotent-" + codec,
           .topic = "idempotent",
           .partitions = 4,
           .settings = {{"compression.codec", codec}}});
    }
    add({.name = "plain", .topic = "plain", .partitions = 3, .settings = {}, .keeps_trying = false});
    add({.name = "compacted",
         .topic = "compacted",
         .partitions = 2,
         .settings = {{"compression.codec", "zstd"}},
         .keys = 40});
  }

  /// Until standard input ends.
  void run() {
    serve_orders(kTickMs, [this] { step(); }, [this](const std::string& order) { return answer(order); });
  }

 private:
  void add(WriterPlan plan) {
    writers_.push_back(std::make_unique<Writer>(bootstrap_, seed_, std::move(plan), notes_));
  }

  void step() {
    ++steps_;
    for (std::size_t i = 0; i < writers_.size(); ++i) {
      writers_[i]->send(static_cast<int>(mixed(seed_, i, steps_) % 8));
      writers_[i]->poll();
    }
    group_.step();
    passage_.step(false);
  }

  std::string answer(const std::string& order) {
    if (order == "crash") {
      group_.hold_commits(true);
      return "crashing";
    }
    if (order == "serve") return serve();
    if (order == "check") return check();
    fail("no such order: " + order);
  }

  std::string serve() {
    commits_checked_ += group_.check();
    group_.hold_commits(false);
    std::vector<std::uint64_t> before;
    for (const auto& writer : writers_)
      before.push_back(writer->acknowledged());
    const int commits_before = group_.commits();
    const auto deadline = Clock::now() + kPatience;
    while (true) {
      bool all_go_on = group_.commits() > commits_before;
      for (std::size_t i = 0; i < writers_.size(); ++i)
        all_go_on &= writers_[i]->acknowledged() > before[i];
      if (all_go_on) return "serves";
      if (Clock::now() > deadline) {
        notes_.complain("a writer or the group gets nothing acknowledged after a restart");
        return "serves";
      }
      step();
      ::poll(nullptr, 0, kTickMs);
    }
  }

  bool is_drained() const {
    return passage_.is_at_rest() &&
           std::ranges::all_of(writers_, [](const auto& writer) { return writer->is_drained(); });
  }

  std::string check() {
    const auto deadline = Clock::now() + kPatience;
    while (!is_drained() && Clock::now() < deadline) {
      for (auto& writer : writers_)
        writer->poll();
      group_.step();
      passage_.step(true);
      ::poll(nullptr, 0, kTickMs);
    }
    if (!is_drained()) notes_.complain("what is under way does not come to its end");
    std::size_t records = 0;
    std::vector<const Writer*> idempotent;
    std::uint64_t acknowledged = 0;
    for (const auto& writer : writers_) {
      acknowledged += writer->acknowledged();
      if (writer->plan().topic == "idempotent") idempotent.push_back(writer.get());
    }
    records += check_topic(idempotent);
    for (const auto& writer : writers_) {
      if (writer->plan().topic != "idempotent") records += check_topic({writer.get()});
    }
    records += passage_.check();
    commits_checked_ += group_.check();
    if (notes_.complaints() > 0) return "failed";
    return "checked: " + std::to_string(acknowledged) + " records acknowledged, " + std::to_string(records) +
           " read, " + std::to_string(passage_.lives()) + " lives of a topic, " +
           std::to_string(group_.commits()) + " commits acknowledged, " + std::to_string(commits_checked_) +
           " committed offsets looked at";
  }

  std::size_t check_topic(const std::vector<const Writer*>& writers) {
    const auto& plan = writers.front()->plan();
    const auto records = read_all(bootstrap_, plan.topic, plan.partitions, notes_);
    if (plan.keys == 0) {
      check_records(writers, records, notes_);
    } else {
      check_compacted(*writers.front(), records, notes_);
    }
    return records.size();
  }

  std::string bootstrap_;
  std::uint64_t seed_;
  Notes notes_;
  std::vector<std::unique_ptr<Writer>> writers_;
  Passage passage_;
  Group group_;
  std::uint64_t steps_ = 0;
  std::size_t commits_checked_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) fail("usage: crash_load BOOTSTRAP NOTES-FILE SEED [TOPIC-CONFIG=VALUE...]");
  Load(argv[1], argv[2], std::stoull(argv[3]), settings_of({argv + 4, argv + argc})).run();
  return 0;
}
