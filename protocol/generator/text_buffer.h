#pragma once

#include <string>
#include <string_view>

namespace moldau::generator {

/// Collects lines of C++ and owns their indentation: a line that ends with '{' indents what follows, one
/// that starts with '}' takes it back. Namespaces do not indent.
class TextBuffer {
 public:
  void line(std::string_view text = {});
  /// A line of its own level, such as a label or a preprocessor line.
  void flush_left(std::string_view text);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  int depth_ = 0;
};

}  // namespace moldau::generator
