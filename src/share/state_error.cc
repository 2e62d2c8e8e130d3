#include "share/state_error.h"

#include <utility>

namespace moldau::share {

Error client_error(ErrorCode error, std::string message) {
  switch (error) {
    case ErrorCode::kNotCoordinator:
    case ErrorCode::kCoordinatorNotAvailable:
    case ErrorCode::kCoordinatorLoadInProgress:
      return {.code = ErrorCode::kCoordinatorNotAvailable, .message = std::move(message)};
    case ErrorCode::kGroupIdNotFound:
    case ErrorCode::kUnknownTopicOrPartition:
      return {.code = error, .message = std::move(message)};
    case ErrorCode::kFencedLeaderEpoch:
    case ErrorCode::kFencedStateEpoch:
      return {.code = ErrorCode::kNotLeaderOrFollower, .message = std::move(message)};
    case ErrorCode::kSaslAuthenticationFailed:
    case ErrorCode::kUnsupportedVersion:
      return {.code = ErrorCode::kUnknownServerError,
              .message = "Unable to complete operation due to server error."};
    default:
      return {.code = ErrorCode::kUnknownServerError, .message = std::move(message)};
  }
}

bool is_fencing(ErrorCode error) {
  return error == ErrorCode::kNotLeaderOrFollower || error == ErrorCode::kFencedStateEpoch ||
         error == ErrorCode::kGroupIdNotFound || error == ErrorCode::kUnknownTopicOrPartition;
}

}  // namespace moldau::share
