#pragma once

#include "base/error_code.h"

namespace moldau::coordinator {

/// What a client of a group or share coordinator is told where the coordinator's records could not be
/// written.
constexpr ErrorCode error_for_client(ErrorCode append_error) {
  switch (append_error) {
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kNotEnoughReplicas:
    case ErrorCode::kRequestTimedOut:
      return ErrorCode::kCoordinatorNotAvailable;
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kKafkaStorageError:
      return ErrorCode::kNotCoordinator;
    case ErrorCode::kMessageTooLarge:
    case ErrorCode::kRecordListTooLarge:
    case ErrorCode::kInvalidFetchSize:
      return ErrorCode::kUnknownServerError;
    case ErrorCode::kNetworkException:
      return ErrorCode::kCoordinatorLoadInProgress;
    default:
      return append_error;
  }
}

}  // namespace moldau::coordinator
