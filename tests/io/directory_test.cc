#include <string>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "benches.h"

using namespace moldau;
using namespace moldau::io;
using namespace moldau::io::testing;

namespace {

std::string names(Directory& folder) {
  std::string all;
  for (const DirectoryEntry& entry : folder.list().value()) {
    all += entry.name + (entry.is_directory ? "/" : "=" + std::to_string(entry.size_bytes)) + " ";
  }
  return all;
}

}  // namespace

TEST_CASE_TEMPLATE("a listing is sorted and tells files from folders", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  CHECK(names(*folder).empty());
  const TimestampMs before = bench.host().loop(0).clock().wall_ms();
  REQUIRE(folder->open_file("b", OpenMode::kCreate).value()->write_at(0, as_bytes("12345")));
  REQUIRE(folder->open_file("a.log", OpenMode::kCreate));
  CHECK(folder->create_directory("c") == true);
  CHECK(folder->create_directory("c") == false);
  CHECK(names(*folder) == "a.log=0 b=5 c/ ");
  CHECK(folder->list()->front().modified_ms >= before - 1000);
  CHECK(folder->list()->front().modified_ms <= bench.host().loop(0).clock().wall_ms() + 1000);
  CHECK(folder->contains("b") == true);
  CHECK(folder->contains("c") == true);
  CHECK(folder->contains("d") == false);
  CHECK(folder->sync());
}

TEST_CASE_TEMPLATE("a file that is made read-only is read on, and no more opened for writing", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  const auto file = folder->open_file("a", OpenMode::kCreateNew).value();
  CHECK(!folder->list()->front().is_read_only);
  REQUIRE(file->write_at(0, as_bytes("123")));
  REQUIRE(file->make_read_only());
  REQUIRE(file->sync());
  CHECK(folder->list()->front().is_read_only);
  CHECK(folder->open_file("a", OpenMode::kReadOnly).value()->size_bytes() == 3);
  CHECK(folder->open_file("a", OpenMode::kReadWrite).has_value() == bench.is_superuser());
  REQUIRE(folder->rename("a", "b"));
  CHECK(folder->list()->front().is_read_only);
  CHECK(folder->remove_file("b"));
}

TEST_CASE_TEMPLATE("folders nest, rename with what they hold, and go when they are empty", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  CHECK(!folder->open_directory("t-0"));
  REQUIRE(folder->create_directory("t-0"));
  const auto inner = folder->open_directory("t-0").value();
  REQUIRE(inner->open_file("0.log", OpenMode::kCreate).value()->write_at(0, as_bytes("x")));
  REQUIRE(folder->rename("t-0", "t-0.gone-delete"));
  CHECK(names(*inner) == "0.log=1 ");
  REQUIRE(inner->open_file("1.log", OpenMode::kCreate));
  CHECK(names(*folder->open_directory("t-0.gone-delete").value()) == "0.log=1 1.log=0 ");
  CHECK(!folder->remove_directory("t-0.gone-delete"));
  CHECK(!folder->remove_file("t-0.gone-delete"));
  REQUIRE(inner->remove_file("0.log"));
  REQUIRE(inner->remove_file("1.log"));
  CHECK(!inner->remove_file("1.log"));
  REQUIRE(folder->remove_directory("t-0.gone-delete"));
  CHECK(names(*folder).empty());
}

TEST_CASE_TEMPLATE("opening a root makes its parents and finds what is there", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  const std::string path = bench.folder()->path() + "/var/data";
  REQUIRE(bench.host().open_root(path).value()->open_file("f", OpenMode::kCreate));
  CHECK(names(*bench.host().open_root(path).value()) == "f=0 ");
  CHECK(names(*bench.folder()) == "var/ ");
  CHECK(!bench.host().open_root(path + "/f"));
  CHECK(!bench.host().open_root(path + "/f/g"));
}

TEST_CASE_TEMPLATE("only names of one component are taken", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  using namespace std::string_view_literals;
  for (const std::string_view name : {""sv, "."sv, ".."sv, "a/b"sv, "/etc"sv, "a\0b"sv}) {
    CAPTURE(name);
    CHECK(folder->open_file(name, OpenMode::kCreate).error().code == ErrorCode::kKafkaStorageError);
    CHECK(!folder->open_directory(name));
    CHECK(!folder->create_directory(name));
    CHECK(!folder->contains(name));
    CHECK(!folder->rename(name, "x"));
    CHECK(!folder->rename("x", name));
    CHECK(!folder->remove_file(name));
    CHECK(!folder->remove_directory(name));
    CHECK(!folder->lock(name));
  }
  CHECK(names(*folder).empty());
}

TEST_CASE_TEMPLATE("renaming what is missing fails, and onto itself changes nothing", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  CHECK(!folder->rename("a", "b"));
  REQUIRE(folder->open_file("a", OpenMode::kCreate));
  REQUIRE(folder->rename("a", "a"));
  CHECK(names(*folder) == "a=0 ");
  REQUIRE(folder->create_directory("d"));
  CHECK(!folder->rename("a", "d"));
  CHECK(!folder->rename("d", "a"));
}

TEST_CASE_TEMPLATE("a lock is held by one and free again when it ends", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  auto held = folder->lock(".lock").value();
  const auto refused = folder->lock(".lock");
  REQUIRE(!refused);
  CHECK(refused.error().code == ErrorCode::kInvalidConfig);
  CHECK(names(*folder) == ".lock=0 ");
  CHECK(folder->lock("other"));
  held.reset();
  CHECK(folder->lock(".lock"));
}

TEST_CASE_TEMPLATE("a folder is found where there is one, and looking for it makes none", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  REQUIRE(folder->create_directory("there"));
  REQUIRE(folder->open_file("file", OpenMode::kCreate));
  const auto found = bench.host().find_root(bench.path() + "/there");
  REQUIRE(found);
  REQUIRE(*found != nullptr);
  REQUIRE((*found)->open_file("a", OpenMode::kCreate));
  CHECK(names(*folder->open_directory("there").value()) == "a=0 ");
  for (const std::string missing : {"/absent", "/absent/below", "/there/below"}) {
    const auto nothing = bench.host().find_root(bench.path() + missing);
    REQUIRE(nothing);
    CHECK(*nothing == nullptr);
  }
  CHECK_FALSE(bench.host().find_root(bench.path() + "/file").has_value());
  CHECK(names(*folder) == "file=0 there/ ");
}

TEST_CASE_TEMPLATE("a folder knows its path from the root, and the space of its disk", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  CHECK(folder->path().starts_with('/'));
  const DiskSpace space = folder->space().value();
  CHECK(space.total_bytes > 0);
  CHECK(space.usable_bytes >= 0);
  CHECK(space.usable_bytes <= space.total_bytes);
}
