#include "log/clean_shutdown_marker.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "log/file_content.h"
#include "log/file_names.h"

namespace moldau::log {
namespace {

constexpr std::size_t kLargestMarker = std::size_t{64} << 10;

}  // namespace

std::string format_clean_shutdown(std::int64_t broker_epoch) {
  return "{\"version\":0,\"brokerEpoch\":" + std::to_string(broker_epoch) + "}";
}

std::optional<std::int64_t> parse_clean_shutdown(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto epoch = json.find("brokerEpoch");
  if (epoch == json.end() || !epoch->is_number_integer()) return std::nullopt;
  if (epoch->is_number_unsigned() && epoch->get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  return epoch->get<std::int64_t>();
}

Result<CleanShutdown> read_clean_shutdown(io::Directory& log_dir) {
  auto there = log_dir.contains(kCleanShutdownName);
  if (!there) return fail(std::move(there).error());
  if (!*there) return CleanShutdown{};
  const auto content = read_small_file(log_dir, kCleanShutdownName, kLargestMarker);
  CleanShutdown found{.is_marked = true};
  if (content && *content) found.broker_epoch = parse_clean_shutdown(as_text(**content));
  return found;
}

Result<void> write_clean_shutdown(io::Directory& log_dir, std::int64_t broker_epoch) {
  return replace_file(log_dir, kCleanShutdownName, as_bytes(format_clean_shutdown(broker_epoch)));
}

Result<void> remove_clean_shutdown(io::Directory& log_dir) {
  if (auto removed = remove_if_there(log_dir, kCleanShutdownName); !removed) return removed;
  return log_dir.sync();
}

}  // namespace moldau::log
