#include "metadata/bootstrap_text.h"

#include <cstdint>
#include <string_view>

#include "metadata/record_frame.h"
#include "protocol/messages/feature_level_record.h"
#include "protocol/messages/user_scram_credential_record.h"

namespace moldau::metadata {
namespace {

/// As java.util.Arrays.toString: signed numbers.
std::string array_text(ByteView bytes) {
  std::string text = "[";
  std::string_view separator;
  for (const std::uint8_t byte : bytes) {
    text += separator;
    text += std::to_string(static_cast<std::int8_t>(byte));
    separator = ", ";
  }
  return text + "]";
}

std::string text_of(const protocol::FeatureLevelRecord& record) {
  return "FeatureLevelRecord(name='" + std::string(record.name) +
         "', featureLevel=" + std::to_string(record.feature_level) + ")";
}

std::string text_of(const protocol::UserScramCredentialRecord& record) {
  return "UserScramCredentialRecord(name='" + std::string(record.name) +
         "', mechanism=" + std::to_string(record.mechanism) + ", salt=" + array_text(record.salt.bytes) +
         ", storedKey=" + array_text(record.stored_key.bytes) +
         ", serverKey=" + array_text(record.server_key.bytes) +
         ", iterations=" + std::to_string(record.iterations) + ")";
}

template <class Message>
std::string text_as(const RecordFrame& frame) {
  const auto message = wire::decode_message<Message>(frame.message, frame.version);
  require(message.has_value(), "formatting wrote the record");
  return text_of(*message);
}

std::string record_text(ByteView record) {
  const auto frame = parse_record_frame(record);
  require(frame.has_value(), "formatting wrote the record");
  const bool is_level = static_cast<RecordType>(frame->type) == RecordType::kFeatureLevel;
  const std::string text = is_level ? text_as<protocol::FeatureLevelRecord>(*frame)
                                    : text_as<protocol::UserScramCredentialRecord>(*frame);
  return "ApiMessageAndVersion(" + text + " at version " + std::to_string(frame->version) + ")";
}

}  // namespace

std::string describe(const BootstrapMetadata& bootstrap) {
  std::string text = "BootstrapMetadata(records=[";
  std::string_view separator;
  for (const Bytes& record : bootstrap.records) {
    text += separator;
    text += record_text(record);
    separator = ", ";
  }
  return text + "], metadataVersionLevel=" + std::to_string(bootstrap.version.level()) +
         ", source=format command)";
}

}  // namespace moldau::metadata
