#include "base/java_double.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace moldau {
namespace {

/// The decimal digits of a finite number and the exponent of the first of them.
struct Decimal {
  std::string digits;
  int exponent = 0;
};

Decimal decimal_of(std::string_view scientific) {
  const auto exponent_at = scientific.find('e');
  Decimal decimal{.digits = std::string(scientific.substr(0, exponent_at))};
  std::erase(decimal.digits, '.');
  const std::size_t number_at = exponent_at + (scientific[exponent_at + 1] == '+' ? 2 : 1);
  std::from_chars(scientific.data() + number_at, scientific.data() + scientific.size(), decimal.exponent);
  return decimal;
}

/// The fewest digits; of two, where one would do, the nearest.
Decimal shortest(double magnitude) {
  std::array<char, 64> buffer{};
  char* const begin = buffer.data();
  char* const end = begin + buffer.size();
  const auto format = std::chars_format::scientific;
  Decimal decimal = decimal_of({begin, std::to_chars(begin, end, magnitude, format).ptr});
  if (decimal.digits.size() > 1) return decimal;
  return decimal_of({begin, std::to_chars(begin, end, magnitude, format, 1).ptr});
}

std::string plain_form(const Decimal& decimal) {
  std::string digits = decimal.digits;
  // 1.0 keeps its zero; 0.10 does not.
  if (digits.size() == 2 && digits[1] == '0') digits.pop_back();
  if (decimal.exponent < 0) {
    return "0." + std::string(static_cast<std::size_t>(-decimal.exponent - 1), '0') + digits;
  }
  const auto whole = static_cast<std::size_t>(decimal.exponent) + 1;
  if (digits.size() <= whole) digits.append(whole + 1 - digits.size(), '0');
  return digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace

std::string java_double_text(double value) {
  if (std::isnan(value)) return "NaN";
  const std::string sign = std::signbit(value) ? "-" : "";
  const double magnitude = std::fabs(value);
  if (std::isinf(value)) return sign + "Infinity";
  if (magnitude == 0) return sign + "0.0";
  const Decimal decimal = shortest(magnitude);
  if (magnitude >= 1e-3 && magnitude < 1e7) return sign + plain_form(decimal);
  return sign + decimal.digits.substr(0, 1) + "." + decimal.digits.substr(1) + "E" +
         std::to_string(decimal.exponent);
}

}  // namespace moldau
