#include "api/error_text.h"

namespace moldau::api {

std::string_view error_text(ErrorCode error) {
  switch (error) {
    case ErrorCode::kUnknownServerError:
      return "The server experienced an unexpected error when processing the request.";
    case ErrorCode::kUnknownTopicOrPartition:
      return "This server does not host this topic-partition.";
    case ErrorCode::kCoordinatorLoadInProgress:
      return "The coordinator is loading and hence can't process requests.";
    case ErrorCode::kCoordinatorNotAvailable:
      return "The coordinator is not available.";
    case ErrorCode::kNotCoordinator:
      return "This is not the correct coordinator.";
    case ErrorCode::kInvalidGroupId:
      return "The group id is invalid.";
    case ErrorCode::kUnsupportedVersion:
      return "The version of API is not supported.";
    default:
      return "";
  }
}

}  // namespace moldau::api
