#pragma once

#include <string>

namespace moldau::coordinator {

/// One protocol (assignor) a member of a classic group supports, with the member's data for it.
struct MemberProtocol {
  std::string name;
  std::string metadata;

  bool operator==(const MemberProtocol&) const = default;
};

}  // namespace moldau::coordinator
