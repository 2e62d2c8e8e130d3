#pragma once

#include <string>
#include <string_view>

namespace moldau {

/// True if all of `text` is UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// `text` with U+FFFD in place of what is not UTF-8, cut into replaced pieces as Java's decoder cuts it.
std::string replace_malformed_utf8(std::string_view text);

}  // namespace moldau
