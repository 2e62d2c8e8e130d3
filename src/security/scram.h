#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace moldau::security {

/// A mechanism of SCRAM (RFC 5802); numbers as in Kafka's records and requests.
enum class ScramMechanism : std::int8_t { kSha256 = 1, kSha512 = 2 };

/// "SCRAM-SHA-256" or "SCRAM-SHA-512". Static storage.
std::string_view mechanism_name(ScramMechanism mechanism);
/// nullopt if there is none of that name.
std::optional<ScramMechanism> parse_mechanism(std::string_view name);

/// Iterations that Kafka allows for a credential, both ends included; the least is its default.
inline constexpr std::int32_t kLeastIterations = 4096;
inline constexpr std::int32_t kMostIterations = 16384;

/// What a server keeps of a password: enough to check a client, not enough to be one.
struct ScramKeys {
  Bytes stored_key;
  Bytes server_key;

  bool operator==(const ScramKeys&) const = default;
};

/// The password stretched by PBKDF2 with the mechanism's HMAC. INVALID_REQUEST for an empty password;
/// `iterations` > 0.
Result<Bytes> salted_password(ScramMechanism mechanism, std::string_view password, ByteView salt,
                              std::int32_t iterations);

/// The keys of a salted password. INVALID_REQUEST if it is empty.
Result<ScramKeys> derive_keys(ScramMechanism mechanism, ByteView salted_password);

}  // namespace moldau::security
