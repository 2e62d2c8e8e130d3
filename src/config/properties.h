#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace moldau::config {

/// Names and values as written, UTF-8, by name.
using Properties = std::map<std::string, std::string, std::less<>>;

/// How a properties file is encoded: Java reads streams of bytes as ISO 8859-1, and readers as they were
/// opened.
enum class PropertiesEncoding { kLatin1, kUtf8 };

/// Reads a Java properties file (java.util.Properties.load; \uXXXX for what the encoding lacks): comments by
/// # and !, "=", ":" or blanks between name and value, a backslash joins lines and escapes. The last of equal
/// names wins. kInvalidConfig naming the line for a malformed \uXXXX.
Result<Properties> parse_properties(std::string_view file,
                                    PropertiesEncoding encoding = PropertiesEncoding::kLatin1);

/// Reads "name=value" of the command line's --override; blanks around both are dropped. kInvalidConfig
/// without a name or "=".
Result<std::pair<std::string, std::string>> parse_override(std::string_view argument);

}  // namespace moldau::config
