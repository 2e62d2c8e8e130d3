#pragma once

#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "io/random.h"
#include "log/partition_name.h"
#include "metadata/image.h"
#include "runtime/log_dirs.h"

namespace moldau::runtime {

/// Moves folders of replicas aside that the cluster does not place on this node, as those of a topic that was
/// deleted or made anew while the node was away: `topic-3.<32 hex>-stray`, kept for the operator as Apache
/// Kafka keeps them. Before any replica is opened, with the image of all that is committed. Gives the
/// replicas that stay. Blocks.
Result<std::vector<log::PartitionName>> move_strays_aside(LogDir& dir, const metadata::Image& image,
                                                          BrokerId node_id, io::Random& random);

}  // namespace moldau::runtime
