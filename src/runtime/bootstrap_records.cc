#include "runtime/bootstrap_records.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "config/scram_argument.h"
#include "metadata/record_writer.h"
#include "security/scram.h"

namespace moldau::runtime {
namespace {

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::kInvalidConfig, std::move(why));
}

/// As Apache Kafka, a salt of letters and digits: some 130 bits of chance.
Bytes make_salt(metadata::RandomBits& random) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t kLength = 26;
  Bytes salt;
  for (std::size_t i = 0; i < kLength; ++i) {
    salt.push_back(static_cast<std::uint8_t>(kDigits[random() % kDigits.size()]));
  }
  return salt;
}

Result<void> check_iterations(std::int32_t iterations, security::ScramMechanism mechanism) {
  const std::string name = mechanism == security::ScramMechanism::kSha256 ? "SCRAM_SHA_256" : "SCRAM_SHA_512";
  const auto beyond = [&](std::string_view relation, std::int32_t limit) {
    return refused("The 'iterations' value must be " + std::string(relation) + " " + std::to_string(limit) +
                   " for add-scram using " + name);
  };
  if (iterations < security::kLeastIterations) return beyond(">=", security::kLeastIterations);
  if (iterations > security::kMostIterations) return beyond("<=", security::kMostIterations);
  return {};
}

Result<Bytes> credential_record(const config::ScramArgument& argument, metadata::RandomBits& random) {
  const auto mechanism = security::parse_mechanism(argument.mechanism);
  require(mechanism.has_value(), "only mechanisms that are known are read");
  const Bytes salt = argument.salt ? *argument.salt : make_salt(random);
  if (auto allowed = check_iterations(argument.iterations, *mechanism); !allowed) {
    return fail(std::move(allowed).error());
  }
  const auto salted =
      argument.salted_password
          ? Result<Bytes>(*argument.salted_password)
          : security::salted_password(*mechanism, argument.password.value_or(""), salt, argument.iterations);
  if (!salted) return refused(salted.error().message);
  const auto keys = security::derive_keys(*mechanism, *salted);
  if (!keys) return refused(keys.error().message);
  return metadata::write::user_scram_credential({.user = argument.name,
                                                 .mechanism = static_cast<std::int8_t>(*mechanism),
                                                 .salt = salt,
                                                 .stored_key = keys->stored_key,
                                                 .server_key = keys->server_key,
                                                 .iterations = argument.iterations});
}

}  // namespace

Result<std::vector<Bytes>> credential_records(std::span<const std::string> arguments,
                                              metadata::RandomBits& random) {
  std::vector<Bytes> records;
  for (const std::string& text : arguments) {
    const auto argument = config::parse_scram_argument(text);
    if (!argument) return fail(argument.error());
    auto record = credential_record(*argument, random);
    if (!record) return fail(std::move(record).error());
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace moldau::runtime
