#include "log/offset_map.h"

#include <cstdlib>
#include <utility>

#include <openssl/evp.h>

#include "base/assert.h"
#include "base/endian.h"

namespace moldau::log {

/// One digest context, made once: looking up an algorithm costs more than hashing a key.
struct OffsetMap::Hasher {
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{nullptr, &EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{nullptr, &EVP_MD_CTX_free};

  Digest hash(ByteView key) const {
    Digest digest{};
    unsigned int size = 0;
    const bool is_done = EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr) == 1 &&
                         EVP_DigestUpdate(context.get(), key.data(), key.size()) == 1 &&
                         EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1;
    require(is_done && size == digest.size(), "MD5 works once it has been found");
    return digest;
  }
};

void OffsetMap::FreeSlots::operator()(Slot* slots) const {
  std::free(slots);
}

OffsetMap::OffsetMap(std::int64_t slot_count, std::unique_ptr<Hasher> hasher)
    : slot_count_(slot_count), hasher_(std::move(hasher)) {}
OffsetMap::~OffsetMap() = default;
OffsetMap::OffsetMap(OffsetMap&&) noexcept = default;
OffsetMap& OffsetMap::operator=(OffsetMap&&) noexcept = default;

Result<OffsetMap> OffsetMap::create(std::size_t memory_bytes) {
  require(memory_bytes >= kEntryBytes, "an offset map has room for one key at least");
  auto hasher = std::make_unique<Hasher>();
  hasher->algorithm.reset(EVP_MD_fetch(nullptr, "MD5", nullptr));
  hasher->context.reset(EVP_MD_CTX_new());
  if (hasher->algorithm == nullptr || hasher->context == nullptr ||
      EVP_DigestInit_ex(hasher->context.get(), hasher->algorithm.get(), nullptr) != 1) {
    return fail(ErrorCode::kUnknownServerError, "the machine's cryptography has no MD5");
  }
  return OffsetMap(static_cast<std::int64_t>(memory_bytes / kEntryBytes), std::move(hasher));
}

OffsetMap::Slot* OffsetMap::find(const Digest& digest) const {
  const auto start = load_big_endian<std::uint64_t>(digest.data());
  auto at = static_cast<std::int64_t>(start % static_cast<std::uint64_t>(slot_count_));
  for (std::int64_t tried = 0; tried < slot_count_; ++tried) {
    Slot& slot = slots_[static_cast<std::size_t>(at)];
    if (slot.offset_plus_one == 0 || slot.digest == digest) return &slot;
    at = at + 1 == slot_count_ ? 0 : at + 1;
  }
  return nullptr;
}

void OffsetMap::put(ByteView key, std::int64_t offset) {
  require(size_ < slot_count_, "a full offset map takes no key");
  if (slots_ == nullptr) {
    // Zeroed pages are the machine's until they are written to.
    slots_.reset(static_cast<Slot*>(std::calloc(static_cast<std::size_t>(slot_count_), sizeof(Slot))));
    require(slots_ != nullptr, "memory budgets keep allocations within the machine");
  }
  const Digest digest = hasher_->hash(key);
  Slot* const slot = find(digest);
  require(slot != nullptr, "an offset map that is not full has an empty slot");
  if (slot->offset_plus_one == 0) {
    slot->digest = digest;
    ++size_;
  }
  slot->offset_plus_one = offset + 1;
  latest_offset_ = offset;
}

std::int64_t OffsetMap::get(ByteView key) const {
  if (slots_ == nullptr) return -1;
  const Slot* const slot = find(hasher_->hash(key));
  return slot == nullptr ? -1 : slot->offset_plus_one - 1;
}

void OffsetMap::clear() {
  slots_.reset();
  size_ = 0;
  latest_offset_ = -1;
}

}  // namespace moldau::log
