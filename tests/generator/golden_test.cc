#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("the generator's output for the made-up schemas is the reviewed one") {
  const fs::path reviewed = fs::path(MOLDAU_GOLDEN_DIR) / "expected";
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(MOLDAU_GENERATED_DIR)) {
    const std::string name = entry.path().filename().string();
    INFO("if the change is meant: cp ", entry.path().string(), " ", (reviewed / (name + ".txt")).string());
    CHECK(text_of(entry.path()) == text_of(reviewed / (name + ".txt")));
    ++compared;
  }
  int expected = 0;
  for (const auto& entry : fs::directory_iterator(reviewed)) {
    expected += entry.is_regular_file() ? 1 : 0;
  }
  CHECK(compared == 8);
  CHECK(expected == compared);
}
