#pragma once

#include "io/sim/disk.h"
#include "tests/sim/broker_process.h"

namespace moldau::sim {

/// Mistakes that a broker must not make, made for it between it and its disk. A crash test that does not see
/// them proves nothing.
enum class Mutant {
  kSyncDoesNothing,        ///< files are never synced
  kDirectoryNotSynced,     ///< what changes in a folder is never synced
  kFailedSyncRetried,      ///< a sync that failed is asked for again, and that counts
  kCheckpointNotAtomic,    ///< small files are written in place
  kRecoveryTrustsIndexes,  ///< every start takes the last stop for a clean one
};

/// The machine with that mistake.
WrapHost with(Mutant mutant);

/// The machine on which a folder is not synced where the program asks for it at `site`.
WrapHost without_sync_of_folder(const io::sim::DiskSite& site);

}  // namespace moldau::sim
