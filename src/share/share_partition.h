#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "protocol/messages/read_share_group_state_response.h"
#include "protocol/messages/write_share_group_state_request.h"
#include "share/acquired_records.h"
#include "share/acquisition_locks.h"
#include "share/in_flight_batch.h"
#include "share/share_acknowledgement.h"
#include "share/share_partition_id.h"

namespace moldau::share {

/// What a share group may do with a partition; settings of the group or, without them, of the broker.
struct ShareLimits {
  std::int32_t max_record_locks = 2000;  ///< group.share.partition.max.record.locks
  std::int32_t max_delivery_count = 5;   ///< group.share.delivery.count.limit
  Duration lock_duration = std::chrono::seconds(30);
  bool may_renew_locks = true;  ///< share.renew.acknowledge.enable
};

/// One partition as a share group reads it (KIP-932; Apache Kafka 4.3.1's behaviour): which records its
/// members have acquired, under which locks, and what became of them. A value machine: events and the time go
/// in, answers and what is to be written come out. Kept by the partition's leader; what lasts is with the
/// share coordinator.
///
/// The caller:
/// 1. if begin_load() says so, reads the state from the share coordinator and gives it to load(), with the
///    start offset by `share.auto.offset.reset` where the state has none; fetches wait until then;
/// 2. for a fetch, if can_acquire(), reads the log from next_fetch_offset() on and gives what it found to
///    acquire(), with no other fetch of this partition between the two. On OFFSET_OUT_OF_RANGE it calls
///    move_log_start() instead;
/// 3. sends each Write to the share coordinator and calls finish_write() with its answer, which is the answer
///    to what brought the write about as well. Writes are answered in any order;
/// 4. calls expire_locks() at next_lock_deadline();
/// 5. lets waiting fetches look again after acknowledge(), release(), expire_locks() and finish_write();
/// 6. drops this when the partition's leader changes, or for a coordinator's error by is_fencing().
class SharePartition {
 public:
  enum class Status : std::uint8_t { kEmpty, kLoading, kActive, kFailed, kFenced };

  using WriteId = std::uint64_t;

  /// State that the share coordinator is to keep.
  struct Write {
    WriteId id = 0;
    protocol::WriteShareGroupStateRequest::PartitionData data;
  };

  SharePartition(SharePartitionId id, std::int32_t leader_epoch, const ShareLimits& limits)
      : id_(std::move(id)), leader_epoch_(leader_epoch), limits_(limits) {}
  SharePartition(SharePartition&&) noexcept = default;
  SharePartition& operator=(SharePartition&&) noexcept = default;
  SharePartition(const SharePartition&) = delete;
  SharePartition& operator=(const SharePartition&) = delete;
  ~SharePartition() = default;

  const SharePartitionId& id() const { return id_; }
  std::int32_t leader_epoch() const { return leader_epoch_; }
  Status status() const { return status_; }

  /// The settings changed. Locks that are set stay as they are.
  void set_limits(const ShareLimits& limits) { limits_ = limits; }

  /// Whether the caller is to load the state; false where that is done. LEADER_NOT_AVAILABLE while somebody
  /// else does or where it is fenced: the fetch waits; UNKNOWN_SERVER_ERROR where it failed.
  Result<bool> begin_load();
  /// What ReadShareGroupState gave, its start offset never -1. Fails as the response does, or with
  /// UNKNOWN_SERVER_ERROR for batches that make no sense; the caller drops this then.
  Result<void> load(const protocol::ReadShareGroupStateResponse::PartitionResult& state);
  /// The state could not be read.
  void fail_load() { status_ = Status::kFailed; }
  /// The partition's leader is another, or it is gone: nothing is acquired any more.
  void fence() { status_ = Status::kFenced; }

  /// Where the log is to be read for the next records to acquire.
  std::int64_t next_fetch_offset();
  /// There are records to acquire again, or there may be more records in flight.
  bool can_acquire();

  /// Acquires records for a member out of those read; none unless this is active.
  Acquired acquire(const AcquireRequest& request, Instant now);

  /// Acknowledges records of a member, by batches that passed check_acknowledgements(): all or none.
  /// INVALID_RECORD_STATE where records are not the member's (any more), INVALID_REQUEST where there are
  /// none. nullopt: nothing is to be written.
  Result<std::optional<Write>> acknowledge(std::string_view member,
                                           std::span<const AcknowledgementBatch> batches, Instant now);

  /// Makes all available again that a member has: its session is over. nullopt: nothing is to be written.
  std::optional<Write> release(std::string_view member);

  /// The coordinator's answer to a write; whether the start offset moved on.
  bool finish_write(WriteId id, bool is_written);

  /// The log begins at this offset now; nothing happens where that is known.
  void move_log_start(std::int64_t log_start_offset);

  /// Takes records from members whose time is over. One write has all of them.
  std::optional<Write> expire_locks(Instant now);
  std::optional<Instant> next_lock_deadline() const { return locks_.next_deadline(); }

  /// The first offset that may not be done with.
  std::int64_t start_offset() const { return start_offset_; }
  /// The last offset that was acquired; the next one to fetch while nothing is in flight.
  std::int64_t end_offset() const { return end_offset_; }
  std::int32_t state_epoch() const { return state_epoch_; }
  /// Records in flight that are done with.
  std::int32_t delivery_complete_count() const { return delivery_complete_count_; }
  /// From the start offset to the end offset.
  std::int32_t in_flight_count() const;

  /// By first offset.
  using Batches = std::map<std::int64_t, InFlightBatch>;
  const Batches& batches() const { return batches_; }

 private:
  /// Offsets that a state had no batches for when it was loaded: nobody knows what became of them.
  struct LoadedGaps {
    std::int64_t end_offset = 0;  ///< they lie before it; they count until the end offset moves on
    std::int64_t first_offset = 0;
  };

  /// A state that a write tells of.
  struct Change {
    InFlightBatch::StateRef state;
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    RecordState written = RecordState::kAvailable;
  };

  struct Transition {
    std::vector<Change> changes = {};
    protocol::WriteShareGroupStateRequest::PartitionData data = {};
  };

  struct Acquisition;
  struct Acknowledgement;

  // share_partition.cc
  Result<void> load_batches(const protocol::ReadShareGroupStateResponse::PartitionResult& state);
  std::optional<std::int64_t> first_available() const;
  Batches::iterator floor_of(std::int64_t offset);
  Batches::const_iterator floor_of(std::int64_t offset) const;
  bool has_loaded_gaps() const { return gaps_ && gaps_->end_offset == end_offset_; }
  void narrow_gaps(std::int64_t first_offset);
  /// All that is in flight lies before the start offset.
  bool is_behind_start() const {
    return batches_.empty() || start_offset_ > batches_.rbegin()->second.last_offset();
  }
  bool does_start_cut(std::int64_t first_offset, std::int64_t last_offset) const {
    return first_offset < start_offset_ && last_offset >= start_offset_;
  }
  /// How many of these offsets are not before the start offset.
  std::int32_t count_in_flight(std::int64_t first_offset, std::int64_t last_offset) const;

  // share_partition_write.cc
  static void add_state(std::vector<protocol::WriteShareGroupStateRequest::StateBatch>& batches,
                        std::int64_t first_offset, std::int64_t last_offset, const InFlightState& state);
  void begin(Transition& transition, InFlightBatch::StateRef state, std::int64_t first_offset,
             std::int64_t last_offset, RecordState to);
  std::optional<Write> end(Transition transition);
  void roll_back(const std::vector<Change>& changes);
  Write write(protocol::WriteShareGroupStateRequest::PartitionData data, std::vector<Change> changes);

  // share_partition_acquire.cc
  bool limit(Acquisition& acquisition) const;
  std::int64_t aligned_base(std::int64_t base_offset) const;
  void acquire_known(Acquisition& acquisition, std::int64_t base_offset, Batches::iterator first);
  bool acquire_batch(Acquisition& acquisition, InFlightBatch& batch);
  void acquire_offsets(Acquisition& acquisition, InFlightBatch& batch, std::int64_t max_records);
  bool is_throttled(const Acquisition& acquisition, const InFlightBatch& batch) const;
  void acquire_new(Acquisition& acquisition, std::int64_t first_offset, std::int64_t last_offset);
  void add_new(Acquisition& acquisition, std::int64_t first_offset, std::int64_t last_offset,
               std::int32_t max_records);
  Acquired without_aborted(const AcquireRequest& request, Acquired acquired);

  // share_partition_acknowledge.cc
  Result<void> acknowledge_batch(Acknowledgement& acknowledgement);
  Result<void> acknowledge_in(Acknowledgement& acknowledgement, InFlightBatch& batch);
  Result<void> acknowledge_whole(Acknowledgement& acknowledgement, InFlightBatch& batch);
  Result<void> acknowledge_offset(Acknowledgement& acknowledgement, InFlightBatch& batch,
                                  std::int64_t offset);
  Result<Batches::iterator> first_acknowledged(const AcknowledgementBatch& batch);
  Result<void> renew(InFlightState& state, std::int64_t first_offset, std::int64_t last_offset, Instant now);
  void release_in(InFlightBatch& batch, const Holder& member, Transition& transition);

  // share_partition_expire.cc
  void expire(const AcquisitionLocks::Expired& expired,
              std::vector<protocol::WriteShareGroupStateRequest::StateBatch>& batches);
  void take_back(InFlightState& state, std::int64_t first_offset, std::int64_t last_offset,
                 std::vector<protocol::WriteShareGroupStateRequest::StateBatch>& batches);

  // share_partition_start.cc
  bool move_start();
  bool can_move_start() const;
  struct DoneWith {
    std::int64_t last_offset = -1;
    std::int32_t count = 0;  ///< of those in flight
  };
  DoneWith done_with() const;
  std::int32_t count_terminal_before(std::int64_t offset) const;
  /// Archives what is in state `from` of these offsets, the end not included; whether there was any.
  bool archive(std::int64_t first_offset, std::int64_t end_offset, Batches::iterator first,
               Batches::iterator last, RecordState from, bool is_counted);
  bool archive_offsets(InFlightBatch& batch, std::int64_t first_offset, std::int64_t end_offset,
                       RecordState from, bool is_counted);
  void archive_compacted(std::int64_t fetch_offset, std::int64_t base_offset);

  SharePartitionId id_;
  std::int32_t leader_epoch_;
  ShareLimits limits_;
  Status status_ = Status::kEmpty;

  std::int32_t state_epoch_ = 0;
  std::int64_t start_offset_ = 0;
  std::int64_t end_offset_ = 0;
  std::int32_t delivery_complete_count_ = 0;
  Batches batches_;
  AcquisitionLocks locks_;
  std::optional<LoadedGaps> gaps_;
  /// There may be something available before the end offset.
  bool is_next_fetch_sought_ = false;

  WriteId last_write_ = 0;
  std::map<WriteId, std::vector<Change>> writes_;  ///< without changes: of locks that expired
};

}  // namespace moldau::share
