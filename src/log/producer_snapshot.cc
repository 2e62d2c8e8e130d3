#include "log/producer_snapshot.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <tuple>

#include "base/endian.h"
#include "protocol/records/crc32c.h"

namespace moldau::log {
namespace {

constexpr std::int16_t kVersion = 1;
constexpr std::size_t kCrcAt = 2;
constexpr std::size_t kCountAt = 6;
constexpr std::size_t kHeaderSize = 10;
constexpr std::size_t kEntrySize = 46;

/// Where a java.util.HashMap with `count` Long keys keeps `id`: its table has 16 places or the power of two
/// that keeps it at most three quarters full.
std::uint32_t java_bucket(std::int64_t id, std::size_t count) {
  constexpr std::size_t kSmallestTable = 16;
  std::size_t table = kSmallestTable;
  while (count > table / 4 * 3)
    table *= 2;
  const auto bits = static_cast<std::uint64_t>(id);
  const auto hash = static_cast<std::uint32_t>(bits ^ (bits >> 32));
  return (hash ^ (hash >> 16)) & static_cast<std::uint32_t>(table - 1);
}

template <class T>
void put(std::uint8_t*& at, T value) {
  store_big_endian(at, value);
  at += sizeof(T);
}

template <class T>
T take(const std::uint8_t*& at) {
  const T value = load_big_endian<T>(at);
  at += sizeof(T);
  return value;
}

void put_entry(std::uint8_t* at, const ProducerEntry& entry) {
  put(at, entry.producer_id);
  put(at, entry.epoch);
  put(at, entry.last_sequence());
  put(at, entry.last_data_offset());
  put(at, entry.last_offset_delta());
  put(at, entry.last_timestamp_ms);
  put(at, entry.coordinator_epoch);
  put(at, entry.transaction_first_offset.value_or(-1));
}

ProducerEntry take_entry(const std::uint8_t* at) {
  ProducerEntry entry;
  ProducedBatch last;
  entry.producer_id = take<std::int64_t>(at);
  entry.epoch = take<std::int16_t>(at);
  last.last_sequence = take<std::int32_t>(at);
  last.last_offset = take<std::int64_t>(at);
  last.offset_delta = take<std::int32_t>(at);
  entry.last_timestamp_ms = take<std::int64_t>(at);
  last.timestamp_ms = entry.last_timestamp_ms;
  entry.coordinator_epoch = take<std::int32_t>(at);
  const auto first_offset = take<std::int64_t>(at);
  if (first_offset >= 0) entry.transaction_first_offset = first_offset;
  if (last.last_offset >= 0) entry.batches.push_back(last);
  return entry;
}

}  // namespace

Bytes format_producer_snapshot(std::span<const ProducerEntry* const> entries) {
  std::vector<const ProducerEntry*> sorted(entries.begin(), entries.end());
  std::ranges::sort(sorted, {}, [&](const ProducerEntry* entry) {
    return std::tuple(java_bucket(entry->producer_id, entries.size()), entry->producer_id);
  });
  Bytes bytes(kHeaderSize + sorted.size() * kEntrySize);
  store_big_endian(bytes.data(), kVersion);
  store_big_endian(bytes.data() + kCountAt, static_cast<std::int32_t>(sorted.size()));
  std::uint8_t* at = bytes.data() + kHeaderSize;
  for (const ProducerEntry* entry : sorted) {
    put_entry(at, *entry);
    at += kEntrySize;
  }
  store_big_endian(bytes.data() + kCrcAt, records::crc32c(ByteView(bytes).subspan(kCountAt)));
  return bytes;
}

Result<std::vector<ProducerEntry>> parse_producer_snapshot(ByteView bytes) {
  const auto corrupt = [](std::string why) {
    return fail(ErrorCode::kCorruptMessage, "corrupt producer snapshot: " + std::move(why));
  };
  if (bytes.size() < kHeaderSize) return corrupt("it is shorter than its header");
  if (load_big_endian<std::int16_t>(bytes.data()) != kVersion) return corrupt("its version is not 1");
  const auto count = load_big_endian<std::int32_t>(bytes.data() + kCountAt);
  const ByteView body = bytes.subspan(kHeaderSize);
  if (count < 0 || static_cast<std::size_t>(count) > body.size() / kEntrySize) {
    return corrupt("it has no room for its entries");
  }
  if (load_big_endian<std::uint32_t>(bytes.data() + kCrcAt) != records::crc32c(bytes.subspan(kCountAt))) {
    return corrupt("its CRC is wrong");
  }
  std::vector<ProducerEntry> entries;
  entries.reserve(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    entries.push_back(take_entry(body.data() + i * kEntrySize));
  }
  return entries;
}

}  // namespace moldau::log
