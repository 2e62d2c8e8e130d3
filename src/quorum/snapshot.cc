#include "quorum/snapshot.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "protocol/records/builder.h"
#include "protocol/records/record_iterator.h"
#include "quorum/control_messages.h"

namespace moldau::quorum {
namespace {

constexpr std::size_t kOffsetDigits = 20;
constexpr std::size_t kEpochDigits = 10;
constexpr std::string_view kSuffix = ".checkpoint";
/// Records that Kafka's image writer hands on at a time; they stay in one batch.
constexpr std::size_t kRecordsPerAppend = 1024;

std::string padded(std::int64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

template <class Number>
std::optional<Number> parse_digits(std::string_view digits) {
  if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  Number number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc{} && end == digits.data() + digits.size() ? std::optional(number) : std::nullopt;
}

std::unexpected<Error> corrupt(std::string what) {
  return fail(ErrorCode::kCorruptMessage, "snapshot: " + std::move(what));
}

Result<void> read_data_batch(const records::BatchView& batch, records::DecoderSet& decoders,
                             std::vector<Bytes>& values) {
  auto iterator = records::RecordIterator::open(batch, decoders);
  if (!iterator) return fail(std::move(iterator).error());
  records::RecordView record;
  while (true) {
    const auto more = iterator->next(record);
    if (!more) return fail(more.error());
    if (!*more) return {};
    if (!record.value) return fail(ErrorCode::kInvalidRecord, "snapshot: a record without a value");
    values.emplace_back(record.value->begin(), record.value->end());
  }
}

}  // namespace

std::string snapshot_file_name(const SnapshotId& id) {
  return padded(id.end_offset, kOffsetDigits) + "-" + padded(id.epoch, kEpochDigits) + std::string(kSuffix);
}

std::optional<SnapshotId> parse_snapshot_file_name(std::string_view name) {
  if (name.size() != kOffsetDigits + 1 + kEpochDigits + kSuffix.size()) return std::nullopt;
  if (name[kOffsetDigits] != '-' || !name.ends_with(kSuffix)) return std::nullopt;
  const auto offset = parse_digits<std::int64_t>(name.substr(0, kOffsetDigits));
  const auto epoch = parse_digits<std::int32_t>(name.substr(kOffsetDigits + 1, kEpochDigits));
  if (!offset || !epoch) return std::nullopt;
  return SnapshotId{.end_offset = *offset, .epoch = *epoch};
}

Buffer SnapshotBuilder::begin(const SnapshotHead& head, TimestampMs now_ms) {
  records::BatchBuilder batch({.base_offset = 0, .partition_leader_epoch = epoch_, .is_control = true});
  batch.append_control(now_ms, records::ControlType::kSnapshotHeader,
                       snapshot_header_message(head.last_contained_log_timestamp_ms));
  if (head.kraft_version > 0) {
    batch.append_control(now_ms, records::ControlType::kKraftVersion,
                         kraft_version_message(head.kraft_version));
    if (head.voters) {
      batch.append_control(now_ms, records::ControlType::kKraftVoters, voters_message(*head.voters));
    }
  }
  data_ = BatchAccumulator(epoch_, batch.record_count());
  return std::move(batch).build();
}

Result<void> SnapshotBuilder::append(std::span<const Bytes> records) {
  for (std::size_t from = 0; from < records.size(); from += kRecordsPerAppend) {
    const auto run = records.subspan(from, std::min(kRecordsPerAppend, records.size() - from));
    auto appended = data_.append(std::vector<Bytes>(run.begin(), run.end()), true);
    if (!appended) return fail(std::move(appended).error());
  }
  return {};
}

std::vector<Buffer> SnapshotBuilder::finish(TimestampMs now_ms) {
  std::vector<Buffer> batches;
  const std::int64_t footer_offset = data_.next_offset();
  for (DataBatch& batch : data_.drain())
    batches.push_back(encode_batch(std::move(batch), now_ms));
  batches.push_back(records::build_control_batch(
      {.base_offset = footer_offset, .partition_leader_epoch = epoch_, .is_control = true}, now_ms,
      records::ControlType::kSnapshotFooter, snapshot_footer_message()));
  return batches;
}

Result<Bytes> build_snapshot(const SnapshotHead& head, std::int32_t epoch, std::span<const Bytes> records,
                             TimestampMs now_ms) {
  SnapshotBuilder builder(epoch);
  Bytes file;
  const auto add = [&](const Buffer& batch) {
    file.insert(file.end(), batch.bytes().begin(), batch.bytes().end());
  };
  add(builder.begin(head, now_ms));
  if (auto appended = builder.append(records); !appended) return fail(std::move(appended).error());
  for (const Buffer& batch : builder.finish(now_ms))
    add(batch);
  return file;
}

Result<TimestampMs> read_snapshot_time(ByteView beginning, records::DecoderSet& decoders) {
  records::BatchCursor cursor(beginning);
  const auto entry = cursor.next();
  if (!entry) return corrupt("its first batch is not whole");
  const auto batch = records::BatchView::parse(entry->bytes);
  if (!batch) return fail(batch.error());
  if (!batch->is_valid()) return corrupt("a batch has a wrong CRC");
  if (!batch->is_control()) return corrupt("it does not begin with a header");
  ControlContent control;
  if (auto read = read_control_batch(*batch, decoders, control); !read) return fail(std::move(read).error());
  if (!control.snapshot_header) return corrupt("it does not begin with a header");
  return *control.snapshot_header;
}

Result<SnapshotContent> read_snapshot(ByteView file, records::DecoderSet& decoders) {
  SnapshotContent content;
  ControlContent control;
  records::BatchCursor cursor(file);
  while (const auto entry = cursor.next()) {
    const auto batch = records::BatchView::parse(entry->bytes);
    if (!batch) return fail(batch.error());
    if (!batch->is_valid()) return corrupt("a batch has a wrong CRC");
    if (control.has_snapshot_footer) return corrupt("batches behind the footer");
    auto read = batch->is_control() ? read_control_batch(*batch, decoders, control)
                                    : read_data_batch(*batch, decoders, content.records);
    if (!read) return fail(std::move(read).error());
    if (!control.snapshot_header) return corrupt("it does not begin with a header");
  }
  if (cursor.stop() != records::CursorStop::kEnd) return corrupt("it ends within a batch");
  if (!control.has_snapshot_footer) return corrupt("it has no footer");
  content.head = {.last_contained_log_timestamp_ms = *control.snapshot_header,
                  .kraft_version = control.kraft_version.value_or(0),
                  .voters = std::move(control.voters)};
  return content;
}

}  // namespace moldau::quorum
