#include "config/feature_level.h"

#include "config/java_number.h"

namespace moldau::config {

Result<std::pair<std::string, std::int16_t>> parse_feature_level(std::string_view text) {
  const auto refused = [&](std::string why) {
    return fail(ErrorCode::kInvalidConfig,
                "Can't parse feature=level string " + std::string(text) + ": " + std::move(why));
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return refused("equals sign not found.");
  const std::string_view level_text = trim(text.substr(equals + 1));
  const auto level = parse_integer<std::int16_t>(level_text);
  if (!level) return refused("unable to parse " + std::string(level_text) + " as a short.");
  return std::pair{std::string(trim(text.substr(0, equals))), *level};
}

}  // namespace moldau::config
