#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "share/share_partition.h"

namespace moldau::share {

/// One call of acknowledge().
struct SharePartition::Acknowledgement {
  Holder member;
  Instant now;
  AcknowledgementBatch batch = {};  ///< the one that it is at
  Transition transition = {};

  AcknowledgeType type_of(std::int64_t offset) const {
    const std::size_t index =
        batch.types.size() == 1 ? 0 : static_cast<std::size_t>(offset - batch.first_offset);
    return static_cast<AcknowledgeType>(batch.types[index]);
  }
};

namespace {

RecordState state_by(AcknowledgeType type) {
  switch (type) {
    case AcknowledgeType::kAccept:
      return RecordState::kAcknowledged;
    case AcknowledgeType::kRelease:
      return RecordState::kAvailable;
    default:
      return RecordState::kArchived;
  }
}

/// Each offset has a type.
Result<void> check_types(const AcknowledgementBatch& batch) {
  const bool is_known = std::ranges::all_of(batch.types, [](std::int8_t type) {
    return type >= 0 && type <= static_cast<std::int8_t>(AcknowledgeType::kRenew);
  });
  const std::uint64_t size =
      static_cast<std::uint64_t>(batch.last_offset) - static_cast<std::uint64_t>(batch.first_offset) + 1;
  const bool is_complete = batch.types.size() == 1 || batch.types.size() == size;
  if (is_known && is_complete) return {};
  std::string types;
  for (const std::int8_t type : batch.types) {
    types += (types.empty() ? "" : ", ") + std::to_string(type);
  }
  return fail(ErrorCode::kInvalidRequest, "Invalid acknowledge type: [" + types + "]");
}

Holder holder_of(std::string_view member) {
  return member.empty() ? nullptr : std::make_shared<const std::string>(member);
}

}  // namespace

Result<std::optional<SharePartition::Write>> SharePartition::acknowledge(
    std::string_view member, std::span<const AcknowledgementBatch> batches, Instant now) {
  Acknowledgement acknowledgement{.member = holder_of(member), .now = now};
  for (const AcknowledgementBatch& batch : batches) {
    acknowledgement.batch = batch;
    if (Result<void> done = acknowledge_batch(acknowledgement); !done) {
      roll_back(acknowledgement.transition.changes);
      return fail(std::move(done).error());
    }
  }
  return end(std::move(acknowledgement.transition));
}

Result<void> SharePartition::acknowledge_batch(Acknowledgement& acknowledgement) {
  const AcknowledgementBatch& batch = acknowledgement.batch;
  if (Result<void> checked = check_types(batch); !checked) return checked;
  if (batch.last_offset < start_offset_) return {};
  Result<Batches::iterator> first = first_acknowledged(batch);
  if (!first) return fail(std::move(first).error());
  for (auto at = *first; at != batches_.end() && at->first <= batch.last_offset; ++at) {
    if (at->second.last_offset() < start_offset_) continue;
    if (Result<void> done = acknowledge_in(acknowledgement, at->second); !done) return done;
  }
  return {};
}

Result<SharePartition::Batches::iterator> SharePartition::first_acknowledged(
    const AcknowledgementBatch& batch) {
  auto first = floor_of(batch.first_offset);
  // What lies before the start offset is done with and may be gone.
  if (first == batches_.end() && does_start_cut(batch.first_offset, batch.last_offset)) {
    first = floor_of(start_offset_);
  }
  if (first == batches_.end()) {
    return fail(ErrorCode::kInvalidRecordState,
                "Batch record not found. The request batch offsets are not found in the cache.");
  }
  const std::int64_t last_known = std::prev(batches_.upper_bound(batch.last_offset))->second.last_offset();
  if (last_known < batch.first_offset) {
    return fail(ErrorCode::kInvalidRequest,
                "Batch record not found. The first offset in request is past acquired records.");
  }
  if (last_known < batch.last_offset) {
    return fail(ErrorCode::kInvalidRequest,
                "Batch record not found. The last offset in request is past acquired records.");
  }
  return first;
}

Result<void> SharePartition::acknowledge_in(Acknowledgement& acknowledgement, InFlightBatch& batch) {
  const AcknowledgementBatch& asked = acknowledgement.batch;
  if (!batch.is_split()) {
    const InFlightState& state = batch.state();
    if (state.holder() == nullptr) {
      return fail(ErrorCode::kInvalidRecordState,
                  "The batch cannot be acknowledged. The batch is not in the acquired state.");
    }
    if (!is_same(state.holder(), acknowledgement.member)) {
      return fail(ErrorCode::kInvalidRecordState, "Member is not the owner of batch record");
    }
    if (batch.is_within(asked.first_offset, asked.last_offset) && asked.types.size() == 1 &&
        !does_start_cut(batch.first_offset(), batch.last_offset())) {
      return acknowledge_whole(acknowledgement, batch);
    }
    batch.split(locks_);
  }
  const std::int64_t first = std::max({batch.first_offset(), asked.first_offset, start_offset_});
  const std::int64_t last = std::min(batch.last_offset(), asked.last_offset);
  for (std::int64_t offset = first; offset <= last; ++offset) {
    if (Result<void> done = acknowledge_offset(acknowledgement, batch, offset); !done) return done;
  }
  return {};
}

Result<void> SharePartition::acknowledge_whole(Acknowledgement& acknowledgement, InFlightBatch& batch) {
  const AcknowledgeType type = acknowledgement.type_of(batch.first_offset());
  if (type == AcknowledgeType::kRenew) {
    return renew(batch.state(), batch.first_offset(), batch.last_offset(), acknowledgement.now);
  }
  begin(acknowledgement.transition, batch.ref(), batch.first_offset(), batch.last_offset(), state_by(type));
  return {};
}

Result<void> SharePartition::acknowledge_offset(Acknowledgement& acknowledgement, InFlightBatch& batch,
                                                std::int64_t offset) {
  InFlightState& state = batch.state_at(offset);
  if (state.state() != RecordState::kAcquired) {
    return fail(ErrorCode::kInvalidRecordState,
                "The offset cannot be acknowledged. The offset is not acquired.");
  }
  if (!is_same(state.holder(), acknowledgement.member)) {
    return fail(ErrorCode::kInvalidRecordState, "Member is not the owner of offset");
  }
  const AcknowledgeType type = acknowledgement.type_of(offset);
  if (type == AcknowledgeType::kRenew) return renew(state, offset, offset, acknowledgement.now);
  begin(acknowledgement.transition, batch.ref_at(offset), offset, offset, state_by(type));
  return {};
}

Result<void> SharePartition::renew(InFlightState& state, std::int64_t first_offset, std::int64_t last_offset,
                                   Instant now) {
  if (!limits_.may_renew_locks) {
    return fail(ErrorCode::kInvalidRecordState, "Renewing acquisition locks is not enabled for the group.");
  }
  state.cancel_lock(locks_);
  state.set_lock(locks_.add(now + limits_.lock_duration, first_offset, last_offset));
  return {};
}

std::optional<SharePartition::Write> SharePartition::release(std::string_view member) {
  const Holder holder = holder_of(member);
  Transition transition;
  for (auto& [first_offset, batch] : batches_) {
    release_in(batch, holder, transition);
  }
  return end(std::move(transition));
}

void SharePartition::release_in(InFlightBatch& batch, const Holder& member, Transition& transition) {
  const auto is_released = [&](const InFlightState& state) {
    // What was loaded as acquired has no holder: nobody could give it back.
    return state.state() == RecordState::kAcquired &&
           (state.holder() == nullptr || is_same(state.holder(), member));
  };
  if (!batch.is_split()) {
    if (!is_released(batch.state())) return;
    if (!does_start_cut(batch.first_offset(), batch.last_offset()) ||
        !is_same(batch.state().holder(), member)) {
      const bool is_past = batch.last_offset() < start_offset_;
      begin(transition, batch.ref(), batch.first_offset(), batch.last_offset(),
            is_past ? RecordState::kArchived : RecordState::kAvailable);
      return;
    }
    batch.split(locks_);
  }
  for (std::int64_t offset = batch.first_offset(); offset <= batch.last_offset(); ++offset) {
    if (!is_released(batch.state_at(offset))) continue;
    begin(transition, batch.ref_at(offset), offset, offset,
          offset < start_offset_ ? RecordState::kArchived : RecordState::kAvailable);
  }
}

}  // namespace moldau::share
