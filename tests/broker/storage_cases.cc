#include "storage_cases.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string_view>

#include "base/bytes.h"
#include "base/endian.h"
#include "base/uuid.h"
#include "protocol/records/batch.h"

namespace moldau::broker::testing {
namespace {

/// What stands behind `mark` if the line begins with it.
std::optional<std::string> behind(const std::string& line, std::string_view mark) {
  if (!line.starts_with(mark)) return std::nullopt;
  return line.substr(mark.size());
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// Reads the file line by line; lines without a mark belong to what was begun last.
class CaseReader {
 public:
  void read(const std::string& line) {
    if (const auto name = behind(line, "== ")) {
      cases_.push_back({.name = *name, .files = {}, .folders = {}, .runs = {}, .left = {}});
      part_ = Part::kNone;
    } else if (const auto file = behind(line, "-- file ")) {
      cases_.back().files.emplace_back(*file, "");
      part_ = Part::kFile;
    } else if (const auto folder = behind(line, "-- dir ")) {
      cases_.back().folders.push_back(*folder);
    } else if (const auto arguments = behind(line, "-- run ")) {
      auto words = arguments->empty() ? std::vector<std::string>() : split(*arguments, '\t');
      cases_.back().runs.push_back({.arguments = std::move(words), .printed = {}, .message = {}});
      part_ = Part::kPrinted;
    } else if (const auto status = behind(line, "-- status ")) {
      cases_.back().runs.back().status = std::stoi(*status);
      part_ = Part::kNone;
    } else if (line == "-- message") {
      part_ = Part::kMessage;
    } else if (const auto left = behind(line, "-- left ")) {
      const auto space = left->find(' ');
      cases_.back().left.emplace_back(left->substr(0, space), left->substr(space + 1));
    } else {
      add(line);
    }
  }

  std::vector<StorageCase> take() { return std::move(cases_); }

 private:
  enum class Part { kNone, kFile, kPrinted, kMessage };

  void add(const std::string& line) {
    if (part_ == Part::kFile) cases_.back().files.back().second += line + "\n";
    if (part_ == Part::kPrinted) cases_.back().runs.back().printed.push_back(line);
    if (part_ == Part::kMessage) cases_.back().runs.back().message = line;
  }

  std::vector<StorageCase> cases_;
  Part part_ = Part::kNone;
};

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0x0F];
  }
  return text;
}

std::string bytes_of(const Uuid& id) {
  std::string bytes(16, '\0');
  auto* at = reinterpret_cast<std::uint8_t*>(bytes.data());
  store_big_endian(at, id.most_significant());
  store_big_endian(at + 8, id.least_significant());
  return bytes;
}

/// Sets `size` bytes to zero.
void blank(std::string& content, std::size_t at, std::size_t size) {
  std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(at), size, '\0');
}

void mask_snapshot(std::string& content, const std::string& directory_id) {
  constexpr std::size_t kHeaderTimeAt = 73;
  records::BatchCursor cursor(as_bytes(content));
  while (const auto batch = cursor.next()) {
    blank(content, batch->position + records::kCrcAt, 4);
    blank(content, batch->position + records::kBaseTimestampAt, 16);
  }
  blank(content, kHeaderTimeAt, 8);
  const std::string id = bytes_of(Uuid::parse(directory_id).value());
  for (auto at = content.find(id); at != std::string::npos; at = content.find(id, at + id.size())) {
    blank(content, at, id.size());
  }
}

}  // namespace

std::vector<StorageCase> storage_cases() {
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/storage/cases.txt", std::ios::binary);
  CaseReader reader;
  for (std::string line; std::getline(file, line);) {
    reader.read(line);
  }
  return reader.take();
}

std::string left_file(const std::string& name, std::string content, const std::string& directory_id) {
  if (!name.ends_with("meta.properties")) {
    mask_snapshot(content, directory_id);
    return hex(content);
  }
  const auto id_at = content.find(directory_id);
  if (id_at != std::string::npos) content.replace(id_at, directory_id.size(), "*");
  // The second line is a comment with the time.
  const auto comment = content.find('\n') + 2;
  content.replace(comment, content.find('\n', comment) - comment, "*");
  std::ranges::replace(content, '\n', '\t');
  return content;
}

}  // namespace moldau::broker::testing
