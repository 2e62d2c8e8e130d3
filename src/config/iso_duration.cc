#include "config/iso_duration.h"

#include <cstddef>
#include <limits>

namespace moldau::config {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kMsPerMinute = 60 * kMsPerSecond;
constexpr std::int64_t kMsPerHour = 60 * kMsPerMinute;
constexpr std::int64_t kMsPerDay = 24 * kMsPerHour;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Whether the text begins with that letter, an upper one, in any case.
bool begins_with(std::string_view text, char letter) {
  return !text.empty() && (text[0] == letter || text[0] == letter - 'A' + 'a');
}

/// Reads the parts of a duration and adds them up.
class Parts {
 public:
  explicit Parts(std::string_view text) : text_(text) {}

  /// Takes a letter off the front if it is there.
  bool take_letter(char letter) {
    if (!begins_with(text_, letter)) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// Takes "12D", or "1.5S" where there may be a `fraction`, off the front; false where the text does not
  /// begin with a number and that unit.
  bool take(char unit, std::int64_t unit_ms, bool fraction = false) {
    std::size_t i = text_.starts_with('+') ? 1 : 0;
    const std::size_t first_digit = i;
    std::int64_t count = 0;
    for (; i < text_.size() && is_digit(text_[i]); ++i)
      fits_ = fits_ && !__builtin_mul_overflow(count, 10, &count) &&
              !__builtin_add_overflow(count, text_[i] - '0', &count);
    if (i == first_digit) return false;
    std::int64_t fraction_ms = 0;
    if (fraction && i < text_.size() && (text_[i] == '.' || text_[i] == ',')) {
      std::int64_t place_ms = kMsPerSecond;
      for (++i; i < text_.size() && is_digit(text_[i]); ++i) {
        place_ms /= 10;
        fraction_ms += place_ms * (text_[i] - '0');
      }
    }
    if (!begins_with(text_.substr(i), unit)) return false;
    text_.remove_prefix(i + 1);
    std::int64_t part_ms = 0;
    fits_ = fits_ && !__builtin_mul_overflow(count, unit_ms, &part_ms) &&
            !__builtin_add_overflow(part_ms, fraction_ms, &part_ms) &&
            !__builtin_add_overflow(total_ms_, part_ms, &total_ms_);
    return true;
  }

  /// The sum, where all of the text was read.
  std::optional<std::int64_t> total_ms() const {
    return fits_ && text_.empty() ? std::optional(total_ms_) : std::nullopt;
  }

 private:
  std::string_view text_;
  std::int64_t total_ms_ = 0;
  bool fits_ = true;
};

}  // namespace

std::optional<std::int64_t> parse_iso_duration_ms(std::string_view text) {
  Parts parts(text);
  if (!parts.take_letter('P')) return std::nullopt;
  bool any = parts.take('D', kMsPerDay);
  if (parts.take_letter('T')) {
    bool any_time = parts.take('H', kMsPerHour);
    any_time = parts.take('M', kMsPerMinute) || any_time;
    any_time = parts.take('S', kMsPerSecond, true) || any_time;
    if (!any_time) return std::nullopt;
    any = true;
  }
  return any ? parts.total_ms() : std::nullopt;
}

}  // namespace moldau::config
