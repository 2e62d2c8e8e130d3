#include "io/uv/text_file.h"

#include <fstream>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uv_bench.h"

using namespace moldau::io;

TEST_CASE("a text file holds what was written last, and nothing of what it held before") {
  const testing::UvBench bench;
  const std::string path = bench.path() + "/text";
  CHECK_FALSE(uv::read_text_file(path).has_value());
  CHECK(uv::write_text_file(path, "a longer text\n").has_value());
  CHECK(uv::write_text_file(path, "short").has_value());
  CHECK(uv::read_text_file(path).value() == "short");
}

TEST_CASE("a pipe is read as a file") {
  const testing::UvBench bench;
  const std::string path = bench.path() + "/pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const std::string text(100'000, 'x');
  std::thread writer([&] { std::ofstream(path) << text; });
  CHECK(uv::read_text_file(path).value() == text);
  writer.join();
}
