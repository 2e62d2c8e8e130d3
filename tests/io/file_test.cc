#include <algorithm>

#include <doctest/doctest.h>

#include "benches.h"
#include "endpoint.h"

using namespace moldau;
using namespace moldau::io;
using namespace moldau::io::testing;

namespace {

Bytes content(File& file, std::uint64_t position = 0, std::size_t most = 1 << 20) {
  Bytes bytes(most);
  bytes.resize(file.read_at(position, bytes).value());
  return bytes;
}

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE_TEMPLATE("bytes are read where they were written, up to the end of the file", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  const FileHandle file = bench.folder()->open_file("f", OpenMode::kCreateNew).value();
  CHECK(content(*file).empty());
  REQUIRE(file->write_at(0, as_bytes("abcdef")));
  REQUIRE(file->write_at(2, as_bytes("XY")));
  CHECK(content(*file) == bytes_of("abXYef"));
  CHECK(content(*file, 4) == bytes_of("ef"));
  CHECK(content(*file, 1, 2) == bytes_of("bX"));
  CHECK(content(*file, 6).empty());
  CHECK(content(*file, 1000).empty());
  CHECK(file->size_bytes() == 6U);
  CHECK(file->sync());
}

TEST_CASE_TEMPLATE("many pieces are written one behind the other", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  const FileHandle file = bench.folder()->open_file("f", OpenMode::kCreate).value();
  const Bytes all = noise(300'000);
  std::vector<ByteView> pieces;
  std::size_t at = 0;
  for (std::size_t size = 0; at < all.size(); size = (size * 7 + 1) % 20'011) {
    const std::size_t length = std::min(size, all.size() - at);
    pieces.push_back(ByteView(all).subspan(at, length));
    at += length;
  }
  REQUIRE(file->write_at(10, pieces));
  CHECK(content(*file, 10) == all);
  CHECK(content(*file, 0, 10) == Bytes(10, 0));
}

TEST_CASE_TEMPLATE("truncation cuts, and growth reads as zeros", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  const FileHandle file = bench.folder()->open_file("f", OpenMode::kCreate).value();
  REQUIRE(file->write_at(0, as_bytes("abcdef")));
  REQUIRE(file->truncate(3));
  CHECK(content(*file) == bytes_of("abc"));
  REQUIRE(file->truncate(5));
  CHECK(content(*file) == Bytes{'a', 'b', 'c', 0, 0});
  REQUIRE(file->write_at(8, as_bytes("z")));
  CHECK(content(*file) == Bytes{'a', 'b', 'c', 0, 0, 0, 0, 0, 'z'});
  CHECK(file->size_bytes() == 9U);
}

TEST_CASE_TEMPLATE("open modes say whether a file must exist, must not, or may", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  CHECK(folder->open_file("f", OpenMode::kReadOnly).error().code == ErrorCode::kKafkaStorageError);
  CHECK(!folder->open_file("f", OpenMode::kReadWrite));
  REQUIRE(folder->open_file("f", OpenMode::kCreate).value()->write_at(0, as_bytes("kept")));
  CHECK(content(*folder->open_file("f", OpenMode::kCreate).value()) == bytes_of("kept"));
  CHECK(content(*folder->open_file("f", OpenMode::kReadWrite).value()) == bytes_of("kept"));
  CHECK(!folder->open_file("f", OpenMode::kCreateNew));
  const FileHandle read_only = folder->open_file("f", OpenMode::kReadOnly).value();
  CHECK(content(*read_only) == bytes_of("kept"));
  CHECK(!read_only->write_at(0, as_bytes("no")));
  CHECK(!read_only->truncate(0));
}

TEST_CASE_TEMPLATE("two handles of one file see the same bytes", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  const FileHandle one = folder->open_file("f", OpenMode::kCreate).value();
  const FileHandle other = folder->open_file("f", OpenMode::kReadWrite).value();
  REQUIRE(one->write_at(0, as_bytes("abc")));
  REQUIRE(other->write_at(3, as_bytes("def")));
  CHECK(content(*one) == bytes_of("abcdef"));
}

TEST_CASE_TEMPLATE("a removed or replaced file stays readable through its handle", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  const auto folder = bench.folder();
  const FileHandle gone = folder->open_file("gone", OpenMode::kCreate).value();
  const FileHandle replaced = folder->open_file("replaced", OpenMode::kCreate).value();
  REQUIRE(gone->write_at(0, as_bytes("gone")));
  REQUIRE(replaced->write_at(0, as_bytes("old")));
  REQUIRE(folder->open_file("new", OpenMode::kCreate).value()->write_at(0, as_bytes("new")));
  REQUIRE(folder->remove_file("gone"));
  REQUIRE(folder->rename("new", "replaced"));
  CHECK(content(*gone) == bytes_of("gone"));
  CHECK(content(*replaced) == bytes_of("old"));
  CHECK(content(*folder->open_file("replaced", OpenMode::kReadOnly).value()) == bytes_of("new"));
  CHECK(folder->list()->size() == 1);
}
