#include "quorum/replica_fetch.h"

namespace moldau::quorum {
namespace {

/// Whether the records that the fetch builds on may be gone from the log.
bool is_behind_log(const ReplicaFetch& fetch, const FetchGround& ground, const SnapshotId& oldest) {
  if (fetch.offset < ground.log_start_offset || fetch.last_fetched_epoch < oldest.epoch) return true;
  return fetch.offset == ground.log_start_offset && fetch.last_fetched_epoch != oldest.epoch;
}

EpochEnd end_of_epoch(const ReplicaFetch& fetch, const FetchGround& ground) {
  const EpochEnd& end = ground.epoch_end;
  // The log begins with the snapshot's end: of what is before, the snapshot alone knows the epoch.
  if (ground.snapshots && end.end_offset == ground.snapshots->oldest.end_offset &&
      end.epoch == fetch.last_fetched_epoch) {
    return {.epoch = ground.snapshots->oldest.epoch, .end_offset = end.end_offset};
  }
  return end;
}

}  // namespace

FetchVerdict judge_fetch(const ReplicaFetch& fetch, const FetchGround& ground) {
  // An empty log is filled from a snapshot rather than record by record; that of formatting holds no records.
  if (fetch.offset == 0 && ground.snapshots && ground.snapshots->newest != kBootstrapSnapshotId) {
    return ground.snapshots->newest;
  }
  if (fetch.offset == 0 && ground.log_start_offset == 0) return ReadOn{};
  if (ground.snapshots && is_behind_log(fetch, ground, ground.snapshots->oldest)) {
    return ground.snapshots->newest;
  }
  const EpochEnd end = end_of_epoch(fetch, ground);
  if (end.epoch != fetch.last_fetched_epoch || end.end_offset < fetch.offset) return end;
  return ReadOn{};
}

}  // namespace moldau::quorum
