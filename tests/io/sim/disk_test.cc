#include "io/sim/disk.h"

#include <memory>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "io/sim/host.h"
#include "io/sim/world.h"

namespace moldau::io::sim {
namespace {

/// A disk and the process that uses it.
struct Machine {
  explicit Machine(std::uint64_t seed = 1) : world(seed), disk(world.seed(), "disk") { start(); }

  void start() { host = std::make_unique<SimHost>(world, disk, SimHost::Options{.name = "process"}); }

  void lose_power() {
    host.reset();
    disk.cut_power();
    start();
  }

  std::shared_ptr<Directory> root() const { return host->open_root("/").value(); }

  FileHandle create(const std::string& name) const {
    return root()->open_file(name, OpenMode::kCreate).value();
  }

  /// The file's content; "-" if there is none.
  std::string text(const std::string& name) const {
    if (!root()->contains(name).value()) return "-";
    const FileHandle file = root()->open_file(name, OpenMode::kReadOnly).value();
    std::string content(file->size_bytes().value(), '\0');
    REQUIRE(file->read_at(0, {reinterpret_cast<std::uint8_t*>(content.data()), content.size()}));
    return content;
  }

  World world;
  Disk disk;
  std::unique_ptr<SimHost> host;
};

/// What is left of what `prepare` did, over many power cuts.
template <class Prepare, class Look>
std::set<std::string> outcomes(Prepare prepare, Look look) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Machine machine(seed);
    prepare(machine);
    machine.lose_power();
    seen.insert(look(machine));
  }
  return seen;
}

TEST_CASE("What is synced, file and folder, outlives a power cut") {
  const auto left = outcomes(
      [](Machine& machine) {
        const FileHandle file = machine.create("f");
        REQUIRE(file->write_at(0, as_bytes("kept")));
        REQUIRE(file->sync());
        REQUIRE(machine.root()->sync());
      },
      [](Machine& machine) { return machine.text("f"); });
  CHECK(left == std::set<std::string>{"kept"});
}

TEST_CASE("A file whose folder was not synced may be gone, one that was not synced itself may be empty") {
  const auto no_folder = outcomes(
      [](Machine& machine) {
        const FileHandle file = machine.create("f");
        REQUIRE(file->write_at(0, as_bytes("kept")));
        REQUIRE(file->sync());
      },
      [](Machine& machine) { return machine.text("f"); });
  CHECK(no_folder == std::set<std::string>{"-", "kept"});
  const auto no_file = outcomes(
      [](Machine& machine) {
        REQUIRE(machine.create("f")->write_at(0, as_bytes("kept")));
        REQUIRE(machine.root()->sync());
      },
      [](Machine& machine) { return machine.text("f"); });
  // The size may have come through without the content.
  CHECK(no_file == std::set<std::string>{"", "kept", std::string(4, '\0')});
}

TEST_CASE("The end of a process loses nothing that was written, but does not make it durable either") {
  const auto left = outcomes(
      [](Machine& machine) {
        REQUIRE(machine.create("f")->write_at(0, as_bytes("written")));
        REQUIRE(machine.root()->sync());
        machine.host.reset();
        machine.start();
        CHECK(machine.text("f") == "written");
      },
      [](Machine& machine) { return machine.text("f"); });
  CHECK(left == std::set<std::string>{"", "written", std::string(7, '\0')});
}

TEST_CASE("A long write may be torn between sectors, never inside of one") {
  const std::string old(2048, 'o');
  const std::string young(2048, 'y');
  const auto left = outcomes(
      [&](Machine& machine) {
        const FileHandle file = machine.create("f");
        REQUIRE(file->write_at(0, as_bytes(old)));
        REQUIRE(file->sync());
        REQUIRE(machine.root()->sync());
        REQUIRE(file->write_at(0, as_bytes(young)));
      },
      [](Machine& machine) { return machine.text("f"); });
  CHECK(left.contains(old));
  CHECK(left.contains(young));
  CHECK(left.size() > 4);
  for (const std::string& content : left) {
    REQUIRE(content.size() == 2048);
    for (std::size_t sector = 0; sector < 4; ++sector) {
      const std::string part = content.substr(sector * 512, 512);
      CHECK(part == std::string(512, part.front()));
    }
  }
}

TEST_CASE("A renamed file has the old name or the new one, with the content of either") {
  const auto left = outcomes(
      [](Machine& machine) {
        const FileHandle old = machine.create("f");
        REQUIRE(old->write_at(0, as_bytes("old")));
        REQUIRE(old->sync());
        REQUIRE(machine.root()->sync());
        const FileHandle young = machine.create("f.tmp");
        REQUIRE(young->write_at(0, as_bytes("new")));
        REQUIRE(young->sync());
        REQUIRE(machine.root()->rename("f.tmp", "f"));
      },
      [](Machine& machine) { return machine.text("f") + " " + machine.text("f.tmp"); });
  CHECK(left == std::set<std::string>{"old -", "old new", "new -"});
}

TEST_CASE("A removal and a truncation may be undone until they are synced") {
  const auto left = outcomes(
      [](Machine& machine) {
        for (const char* name : {"a", "b"}) {
          const FileHandle file = machine.create(name);
          REQUIRE(file->write_at(0, as_bytes("12345")));
          REQUIRE(file->sync());
        }
        REQUIRE(machine.root()->sync());
        REQUIRE(machine.root()->remove_file("a"));
        REQUIRE(machine.root()->open_file("b", OpenMode::kReadWrite).value()->truncate(2));
      },
      [](Machine& machine) { return machine.text("a") + " " + machine.text("b"); });
  // What was cut off may be zeroed before the size changes.
  const std::string zeroed("12\0\0\0", 5);
  CHECK(left == std::set<std::string>{"12345 12345", "12345 12", "12345 " + zeroed, "- 12345", "- 12",
                                      "- " + zeroed});
}

TEST_CASE("What a failed sync covered is not made durable by a later one") {
  const auto left = outcomes(
      [](Machine& machine) {
        const FileHandle file = machine.create("f");
        REQUIRE(machine.root()->sync());
        REQUIRE(file->write_at(0, as_bytes("lost")));
        machine.disk.fail_at({.kind = DiskFault::Kind::kIoError, .call = machine.disk.calls() + 1});
        CHECK(file->sync().error().code == ErrorCode::kKafkaStorageError);
        REQUIRE(file->sync());
        CHECK(machine.text("f") == "lost");
      },
      [](Machine& machine) { return machine.text("f"); });
  CHECK(left == std::set<std::string>{""});
}

TEST_CASE("What is written again after a failed sync is made durable by the next one") {
  const auto left = outcomes(
      [](Machine& machine) {
        const FileHandle file = machine.create("f");
        REQUIRE(machine.root()->sync());
        REQUIRE(file->write_at(0, as_bytes("saved")));
        machine.disk.fail_at({.kind = DiskFault::Kind::kIoError, .call = machine.disk.calls() + 1});
        CHECK(file->sync().error().code == ErrorCode::kKafkaStorageError);
        REQUIRE(file->write_at(0, as_bytes("saved")));
        REQUIRE(file->sync());
      },
      [](Machine& machine) { return machine.text("f"); });
  CHECK(left == std::set<std::string>{"saved"});
}

TEST_CASE("A full disk takes a part of a write and still syncs and removes") {
  Machine machine;
  const FileHandle file = machine.create("f");
  REQUIRE(file->write_at(0, as_bytes("first")));
  machine.disk.fail_at(
      {.kind = DiskFault::Kind::kNoSpace, .call = machine.disk.calls() + 1, .is_lasting = true});
  const auto refused = file->write_at(5, as_bytes("second"));
  REQUIRE(!refused);
  CHECK(refused.error().message.ends_with("No space left on device"));
  CHECK(std::string("firstsecond").starts_with(machine.text("f")));
  CHECK(!machine.root()->open_file("g", OpenMode::kCreate));
  CHECK(file->sync());
  CHECK(machine.root()->remove_file("f"));
  machine.disk.stop_failing();
  CHECK(machine.root()->open_file("g", OpenMode::kCreate));
}

TEST_CASE("At its crash point a process ends: nothing it does afterwards has an effect") {
  Machine machine;
  const auto root = machine.root();
  const FileHandle file = machine.create("f");
  bool posted = false;
  machine.host->loop(0).post([&] { posted = true; });
  machine.disk.fail_at({.kind = DiskFault::Kind::kCrash, .call = machine.disk.calls() + 2});
  REQUIRE(file->write_at(0, as_bytes("before")));
  CHECK(machine.host->is_alive());
  CHECK(!file->write_at(6, as_bytes("within")));
  CHECK(!machine.host->is_alive());
  CHECK(!file->write_at(12, as_bytes("after")));
  CHECK(!file->sync());
  CHECK(!root->open_file("g", OpenMode::kCreate));
  CHECK(!root->list());
  machine.world.run_for(std::chrono::seconds(1));
  CHECK(!posted);
  machine.host.reset();
  machine.disk.stop_failing();
  machine.start();
  CHECK(std::string("beforewithin").starts_with(machine.text("f")));
  CHECK(machine.text("f").starts_with("before"));
  CHECK(machine.text("g") == "-");
}

TEST_CASE("A lock ends with its process") {
  Machine machine;
  const auto held = machine.root()->lock(".lock").value();
  CHECK(!machine.root()->lock(".lock"));
  machine.host->kill();
  machine.start();
  CHECK(machine.root()->lock(".lock"));
}

TEST_CASE("A disk knows from where in the program it was changed") {
  Machine machine;
  const FileHandle file = machine.create("f");
  for (int i = 0; i < 3; ++i) {
    REQUIRE(file->write_at(0, as_bytes("x")));
  }
  std::uint64_t writes = 0;
  for (const auto& [site, count] : machine.disk.sites()) {
    if (site.call == DiskCall::kWrite) writes += count;
  }
  CHECK(writes == 3);
  CHECK(machine.disk.sites().size() == 2);
}

}  // namespace
}  // namespace moldau::io::sim
