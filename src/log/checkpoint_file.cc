#include "log/checkpoint_file.h"

#include <optional>

#include "log/file_names.h"

namespace moldau::log {
namespace {

std::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::kKafkaStorageError, "malformed checkpoint: " + std::string(why));
}

/// Takes the first line off `rest`; nullopt at the end.
std::optional<std::string_view> take_line(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string format_checkpoint(std::span<const std::string> lines) {
  std::string text = "0\n" + std::to_string(lines.size()) + "\n";
  for (const std::string& line : lines) {
    text += line;
    text += '\n';
  }
  return text;
}

Result<std::vector<std::string_view>> parse_checkpoint(std::string_view text) {
  std::vector<std::string_view> lines;
  const auto version = take_line(text);
  if (!version) return lines;  // An empty file is a checkpoint without entries.
  if (parse_decimal(*version) != 0) return malformed("its version is not 0");
  const auto count_line = take_line(text);
  if (!count_line) return lines;
  const auto count = parse_decimal(*count_line);
  if (!count || *count < 0) return malformed("the second line is no number of entries");
  while (const auto line = take_line(text))
    lines.push_back(*line);
  if (lines.size() != static_cast<std::size_t>(*count)) {
    return malformed("it states " + std::to_string(*count) + " entries and has " +
                     std::to_string(lines.size()));
  }
  return lines;
}

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view kSpace = " \t";
  std::vector<std::string_view> words;
  std::size_t start = line.find_first_not_of(kSpace);
  while (start != std::string_view::npos) {
    const std::size_t end = line.find_first_of(kSpace, start);
    words.push_back(line.substr(start, end - start));
    start = line.find_first_not_of(kSpace, end == std::string_view::npos ? line.size() : end);
  }
  return words;
}

}  // namespace moldau::log
