#include "security/scram.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/assert.h"

namespace moldau::security {
namespace {

const EVP_MD* digest_of(ScramMechanism mechanism) {
  return mechanism == ScramMechanism::kSha256 ? EVP_sha256() : EVP_sha512();
}

std::size_t size_of(ScramMechanism mechanism) {
  return static_cast<std::size_t>(EVP_MD_get_size(digest_of(mechanism)));
}

Bytes hmac(ScramMechanism mechanism, ByteView key, std::string_view text) {
  Bytes code(size_of(mechanism));
  const ByteView bytes = as_bytes(text);
  const auto* done = HMAC(digest_of(mechanism), key.data(), static_cast<int>(key.size()), bytes.data(),
                          bytes.size(), code.data(), nullptr);
  require(done != nullptr, "HMAC of SHA-2 is always there");
  return code;
}

Bytes hash(ScramMechanism mechanism, ByteView bytes) {
  Bytes sum(size_of(mechanism));
  const int done = EVP_Digest(bytes.data(), bytes.size(), sum.data(), nullptr, digest_of(mechanism), nullptr);
  require(done == 1, "SHA-2 is always there");
  return sum;
}

}  // namespace

std::string_view mechanism_name(ScramMechanism mechanism) {
  return mechanism == ScramMechanism::kSha256 ? "SCRAM-SHA-256" : "SCRAM-SHA-512";
}

std::optional<ScramMechanism> parse_mechanism(std::string_view name) {
  for (const ScramMechanism mechanism : {ScramMechanism::kSha256, ScramMechanism::kSha512}) {
    if (name == mechanism_name(mechanism)) return mechanism;
  }
  return std::nullopt;
}

Result<Bytes> salted_password(ScramMechanism mechanism, std::string_view password, ByteView salt,
                              std::int32_t iterations) {
  if (password.empty()) return fail(ErrorCode::kInvalidRequest, "Empty key");
  Bytes salted(size_of(mechanism));
  const int done = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                                     static_cast<int>(salt.size()), iterations, digest_of(mechanism),
                                     static_cast<int>(salted.size()), salted.data());
  require(done == 1, "PBKDF2 of SHA-2 is always there");
  return salted;
}

Result<ScramKeys> derive_keys(ScramMechanism mechanism, ByteView salted_password) {
  if (salted_password.empty()) return fail(ErrorCode::kInvalidRequest, "Empty key");
  return ScramKeys{.stored_key = hash(mechanism, hmac(mechanism, salted_password, "Client Key")),
                   .server_key = hmac(mechanism, salted_password, "Server Key")};
}

}  // namespace moldau::security
