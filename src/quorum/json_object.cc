#include "quorum/json_object.h"

#include <charconv>
#include <cstddef>

namespace moldau::quorum {
namespace {

constexpr int kDeepestNesting = 16;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The code point in UTF-8. Half of a surrogate pair becomes the replacement character.
void append_utf8(std::string& out, std::uint32_t code) {
  if (code >= 0xD800 && code <= 0xDFFF) code = 0xFFFD;
  const auto tail = [&](unsigned shift) {
    out.push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3F)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<JsonValue> document() {
    auto value = this->value(0);
    if (!value) return value;
    skip_space();
    if (at_ != text_.size()) return malformed("text after the value");
    return value;
  }

 private:
  std::unexpected<Error> malformed(std::string_view what) const {
    return fail(ErrorCode::kCorruptMessage,
                "malformed JSON at byte " + std::to_string(at_) + ": " + std::string(what));
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool accept(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool accept_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  Result<JsonValue> value(int depth) {
    if (depth > kDeepestNesting) return malformed("nested too deep");
    skip_space();
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"': {
        auto text = string();
        if (!text) return fail(std::move(text).error());
        return JsonValue(std::move(*text));
      }
      case 't':
        if (accept_word("true")) return JsonValue(true);
        break;
      case 'f':
        if (accept_word("false")) return JsonValue(false);
        break;
      case 'n':
        if (accept_word("null")) return JsonValue(nullptr);
        break;
      default:
        if (peek() == '-' || is_digit(peek())) return number();
    }
    return malformed("no value");
  }

  Result<JsonValue> object(int depth) {
    ++at_;
    JsonObject members;
    skip_space();
    if (accept('}')) return JsonValue(std::move(members));
    while (true) {
      skip_space();
      if (peek() != '"') return malformed("a member needs a name");
      auto name = string();
      if (!name) return fail(std::move(name).error());
      skip_space();
      if (!accept(':')) return malformed("no colon after a name");
      auto member = value(depth + 1);
      if (!member) return member;
      members.emplace_back(std::move(*name), std::move(*member));
      skip_space();
      if (accept('}')) return JsonValue(std::move(members));
      if (!accept(',')) return malformed("an object is not closed");
    }
  }

  Result<JsonValue> array(int depth) {
    ++at_;
    JsonArray elements;
    skip_space();
    if (accept(']')) return JsonValue(std::move(elements));
    while (true) {
      auto element = value(depth + 1);
      if (!element) return element;
      elements.push_back(std::move(*element));
      skip_space();
      if (accept(']')) return JsonValue(std::move(elements));
      if (!accept(',')) return malformed("an array is not closed");
    }
  }

  Result<JsonValue> number() {
    const std::size_t begin = at_;
    accept('-');
    if (!is_digit(peek())) return malformed("a number without digits");
    const bool leading_zero = peek() == '0';
    const std::size_t first_digit = at_;
    while (is_digit(peek()))
      ++at_;
    if (leading_zero && at_ - first_digit > 1) return malformed("a number with a leading zero");
    bool is_integer = true;
    if (accept('.')) {
      is_integer = false;
      if (!is_digit(peek())) return malformed("a number without a fraction");
      while (is_digit(peek()))
        ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      is_integer = false;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!is_digit(peek())) return malformed("a number without an exponent");
      while (is_digit(peek()))
        ++at_;
    }
    std::int64_t integer = 0;
    const char* end = text_.data() + at_;
    if (is_integer && std::from_chars(text_.data() + begin, end, integer).ec == std::errc{}) {
      return JsonValue(integer);
    }
    return JsonValue(JsonValue::OtherNumber{});
  }

  Result<std::string> string() {
    ++at_;
    std::string out;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return out;
      if (static_cast<unsigned char>(c) < 0x20) return malformed("a control character in a string");
      if (c != '\\') {
        out.push_back(c);
      } else if (!escape(out)) {
        return malformed("a bad escape");
      }
    }
    return malformed("a string is not closed");
  }

  bool escape(std::string& out) {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const auto named = kNames.find(c); named != std::string_view::npos) {
      out.push_back(kMeanings[named]);
      return true;
    }
    std::uint32_t code = 0;
    if (c != 'u' || !hex4(code)) return false;
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      const std::size_t before = at_;
      at_ += 2;
      std::uint32_t low = 0;
      if (!hex4(low)) return false;
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      } else {
        at_ = before;
      }
    }
    append_utf8(out, code);
    return true;
  }

  bool hex4(std::uint32_t& code) {
    if (text_.size() - at_ < 4) return false;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, begin + 4, code, 16);
    if (error != std::errc{} || end != begin + 4) return false;
    at_ += 4;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const JsonValue* find_member(const JsonObject& object, std::string_view name) {
  const JsonValue* found = nullptr;
  for (const auto& [key, value] : object) {
    if (key == name) found = &value;
  }
  return found;
}

Result<JsonValue> parse_json(std::string_view text) {
  return Parser(text).document();
}

}  // namespace moldau::quorum
