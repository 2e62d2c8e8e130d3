#pragma once

#include <cstddef>

#include "io/stream.h"
#include "offsets_shape.h"

namespace moldau::bench {

/// Commits offsets until `__consumer_offsets` has a record for each of the shape's commits.
struct OffsetsFill {
  io::SocketAddress address;
  OffsetsShape shape;
  std::size_t connections = 4;
  std::size_t under_way = 5;  ///< requests a connection, of different groups
};

/// Creates the topic and fills. Prints nothing; every answer but that of a commit ends the program.
void run(const OffsetsFill& fill);

}  // namespace moldau::bench
