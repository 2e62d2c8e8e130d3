#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace moldau::log {

/// Keys and values of a Java properties file, in UTF-8.
using JavaProperties = std::map<std::string, std::string, std::less<>>;

/// Reads the text form: comments, continued lines, the three separators and escapes; bytes above 127 are
/// Latin-1, as Java reads them. Of several lines with one key the last counts. KAFKA_STORAGE_ERROR for a
/// malformed \u escape.
Result<JavaProperties> parse_java_properties(std::string_view text);

/// One `key=value` line each, with escapes where the text form asks for them.
std::string format_java_properties(const JavaProperties& properties);

}  // namespace moldau::log
