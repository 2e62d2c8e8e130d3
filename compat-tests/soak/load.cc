// The client side of compat-tests/soak/run: one process under which the broker is restarted as often as run
// wants, with a load that is the same all the time, and bounded in what it leaves in the cluster.
//
//   soak_load BOOTSTRAP NOTES-FILE SEED [TOPIC-CONFIG=VALUE...]
//
// The topics are there (run creates them); the one that comes and goes gets the configs named. Lines on
// standard input are orders, and each is answered by one line on standard output:
//
//   begin     the load begins                                   "begun"
//   check     it ends; what it did is counted, and what no      "checked ...", or "failed"
//             retention takes is read back
//
// Lines "COMPLAINT ..." may stand before an answer.

#include <algorithm>
#include <array>
#include <thread>

#include <poll.h>

#include "churn.h"
#include "group.h"
#include "members.h"
#include "orders.h"
#include "passage.h"
#include "visits.h"

namespace {

using namespace load;

constexpr std::chrono::seconds kPatience{120};
constexpr int kTickMs = 20;
/// A record in every so many ticks to what is kept for good.
constexpr std::uint64_t kBetweenKept = 5;

/// Each has to be seen at least once.
constexpr std::array kKinds = {"topics created",
                               "topics extended",
                               "topics altered",
                               "topics deleted",
                               "brokers altered",
                               "records deleted",
                               "groups listed",
                               "groups deleted",
                               "members joined",
                               "members left",
                               "members lost",
                               "producers passed by",
                               "records read",
                               "commits sent",
                               "offsets committed alone",
                               "versions asked",
                               "requests cut off",
                               "nonsense refused",
                               "sessions closed",
                               "sessions left",
                               "offsets listed by time",
                               "connections without a word"};

class Load {
 public:
  Load(const std::string& bootstrap, const std::string& notes_file, std::uint64_t seed,
       const Settings& configs)
      : bootstrap_(bootstrap),
        seed_(seed),
        notes_(notes_file),
        passage_(bootstrap, seed, "passing", configs, notes_),
        group_(bootstrap, "readers", {"idempotent", "plain", "kept"}, notes_) {
    for (const std::string codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
      for (const std::string topic : {"idempotent", "plain"}) {
        add(unread_,
            {.name = topic + "-" + codec,
             .topic = topic,
             .partitions = topic == "plain" ? 3 : 4,
             .settings = {{"compression.codec", codec}},
             .keeps_trying = topic != "plain"},
            silence_);
      }
    }
    add(read_back_, {.name = "kept", .topic = "kept", .settings = {}}, notes_);
    add(read_back_, {.name = "compacted", .topic = "compacted", .partitions = 2, .settings = {}, .keys = 40},
        notes_);
  }

  /// Until standard input ends.
  void run() {
    const auto step_once_begun = [this] {
      if (!threads_.empty()) step();
    };
    serve_orders(kTickMs, step_once_begun, [this](const std::string& order) { return answer(order); });
  }

 private:
  void add(std::vector<std::unique_ptr<Writer>>& writers, WriterPlan plan, Notes& notes) {
    writers.push_back(std::make_unique<Writer>(bootstrap_, seed_, std::move(plan), notes));
  }

  std::string answer(const std::string& order) {
    if (order == "check") return check();
    if (order != "begin") fail("no such order: " + order);
    using std::stop_token;
    threads_.emplace_back([this](stop_token stop) { soak::churn(std::move(stop), bootstrap_, tally_); });
    threads_.emplace_back(
        [this](stop_token stop) { soak::join_and_leave(std::move(stop), bootstrap_, seed_, tally_); });
    threads_.emplace_back([this](stop_token stop) { soak::visit(std::move(stop), bootstrap_, tally_); });
    return "begun";
  }

  void step() {
    ++steps_;
    for (std::size_t i = 0; i < unread_.size(); ++i) {
      unread_[i]->send(static_cast<int>(mixed(seed_, i, steps_) % 4));
      unread_[i]->poll();
    }
    for (auto& writer : read_back_) {
      if (steps_ % kBetweenKept == 0) writer->send(1);
      writer->poll();
    }
    group_.step();
    passage_.step(false);
  }

  bool is_drained() const {
    const auto drained = [](const auto& writer) { return writer->is_drained(); };
    return passage_.is_at_rest() && std::ranges::all_of(unread_, drained) &&
           std::ranges::all_of(read_back_, drained);
  }

  void drain() {
    for (auto& thread : threads_)
      thread.request_stop();
    threads_.clear();
    const auto deadline = Clock::now() + kPatience;
    while (!is_drained() && Clock::now() < deadline) {
      for (auto* writers : {&unread_, &read_back_}) {
        for (auto& writer : *writers)
          writer->poll();
      }
      group_.step();
      passage_.step(true);
      ::poll(nullptr, 0, kTickMs);
    }
    if (!is_drained()) notes_.complain("what is under way does not come to its end");
  }

  std::string check() {
    drain();
    std::string done;
    std::uint64_t acknowledged = 0;
    for (const auto* writers : {&unread_, &read_back_}) {
      for (const auto& writer : *writers) {
        if (writer->acknowledged() == 0) notes_.complain(writer->plan().name + " got nothing acknowledged");
        acknowledged += writer->acknowledged();
      }
    }
    const auto counts = tally_.counts();
    for (const std::string kind : kKinds) {
      const auto count = counts.find(kind);
      if (count == counts.end()) notes_.complain("the load saw no " + kind);
    }
    for (const auto& [kind, count] : counts)
      done += ", " + std::to_string(count) + " " + kind;
    const std::size_t records = read_back();
    if (notes_.complaints() + silence_.complaints() > 0) return "failed";
    return "checked: " + std::to_string(acknowledged) + " records acknowledged, " + std::to_string(records) +
           " read back, " + std::to_string(passage_.lives()) + " lives of a topic, " +
           std::to_string(group_.commits()) + " commits acknowledged" + done;
  }

  std::size_t read_back() {
    std::size_t records = passage_.check();
    group_.check();
    for (const auto& writer : read_back_) {
      const auto& plan = writer->plan();
      const auto read = read_all(bootstrap_, plan.topic, plan.partitions, notes_);
      if (plan.keys == 0) {
        check_records({writer.get()}, read, notes_);
      } else {
        check_compacted(*writer, read, notes_);
      }
      records += read.size();
    }
    return records;
  }

  std::string bootstrap_;
  std::uint64_t seed_;
  Notes notes_;
  /// For those of whom nothing is read back: their notes would be hundreds of megabytes.
  Notes silence_{"/dev/null"};
  std::vector<std::unique_ptr<Writer>> unread_;
  std::vector<std::unique_ptr<Writer>> read_back_;
  Passage passage_;
  Group group_;
  soak::Tally tally_;
  std::vector<std::jthread> threads_;
  std::uint64_t steps_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) fail("usage: soak_load BOOTSTRAP NOTES-FILE SEED [TOPIC-CONFIG=VALUE...]");
  Load(argv[1], argv[2], std::stoull(argv[3]), settings_of({argv + 4, argv + argc})).run();
  return 0;
}
