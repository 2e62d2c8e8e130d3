#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "metadata/image.h"
#include "metadata/record_frame.h"
#include "protocol/wire/message.h"

/// Shared by the files that apply records, each for one part of the image; not for other use.
namespace moldau::metadata::appliers {

/// One record on its way into an image.
struct Target {
  Image& image;
  ImageDelta& delta;
  std::int64_t offset;
  ByteView framed;  ///< The record with its frame, for parts that keep it as it is.
};

inline std::unexpected<Error> contradiction(std::string what) {
  return fail(ErrorCode::kInvalidRecord, "metadata record contradicts the image: " + std::move(what));
}

/// Decodes the frame's message as `Message` and hands it to `apply`. Bytes behind the message are an error.
template <class Message, class Apply>
Result<void> with_message(const RecordFrame& frame, Apply&& apply) {
  if (!Message::kVersions.contains(frame.version)) {
    return fail(ErrorCode::kInvalidRecord, "metadata record: " + std::string(Message::kName) +
                                               " has no version " + std::to_string(frame.version));
  }
  const auto message = wire::decode_message<Message>(frame.message, frame.version);
  if (!message) return fail(ErrorCode::kInvalidRecord, "metadata record: " + message.error().message);
  return apply(*message);
}

/// Each applies the record types of its part; nullopt-like `handled == false` says the type is another
/// part's.
struct Outcome {
  bool handled = true;
  Result<void> result = {};
};

Outcome apply_topic_record(const RecordFrame& frame, Target& target);
Outcome apply_cluster_record(const RecordFrame& frame, Target& target);
Outcome apply_setting_record(const RecordFrame& frame, Target& target);

}  // namespace moldau::metadata::appliers
