#include "offsets_shape.h"

namespace moldau::bench {

void add_offsets_shape(CLI::App& command, OffsetsShape& shape) {
  command.add_option("--groups", shape.groups, "Groups that have committed")->check(CLI::PositiveNumber);
  command.add_option("--partitions", shape.partitions, "Partitions that each of them has committed")
      ->check(CLI::PositiveNumber);
  command.add_option("--commits", shape.commits, "Times that each was committed; 0: the groups are unknown");
}

}  // namespace moldau::bench
