#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace moldau::tools {

/// A line of text under construction.
class TextLine {
 public:
  TextLine& operator<<(std::string_view text) {
    text_ += text;
    return *this;
  }
  TextLine& operator<<(const char* text) { return *this << std::string_view(text); }
  TextLine& operator<<(bool value) { return *this << (value ? "true" : "false"); }
  template <std::integral T>
  TextLine& operator<<(T value) {
    text_ += std::to_string(value);
    return *this;
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace moldau::tools
