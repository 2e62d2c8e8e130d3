#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace moldau {

void assertion_failed(std::string_view invariant, const std::source_location& where) {
  std::fprintf(stderr, "%s:%u: invariant broken in %s: %.*s\n", where.file_name(),
               static_cast<unsigned>(where.line()), where.function_name(), static_cast<int>(invariant.size()),
               invariant.data());
  std::abort();
}

}  // namespace moldau
