#include "protocol/generator/text_buffer.h"

namespace moldau::generator {

void TextBuffer::line(std::string_view text) {
  const bool is_namespace = text.find("namespace") != std::string_view::npos;
  if (text.starts_with('}') && !is_namespace) --depth_;
  if (!text.empty()) {
    text_.append(2 * static_cast<std::size_t>(depth_), ' ');
    text_ += text;
  }
  text_ += '\n';
  if (text.ends_with('{') && !is_namespace) ++depth_;
}

void TextBuffer::flush_left(std::string_view text) {
  text_ += text;
  text_ += '\n';
}

}  // namespace moldau::generator
