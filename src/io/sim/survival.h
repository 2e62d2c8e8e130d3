#pragma once

#include <cstddef>
#include <cstdint>

#include "io/sim/random.h"

namespace moldau::io::sim {

/// Number of a call that changes the disk; rises over all of them.
using CallNumber = std::uint64_t;

/// What a power cut leaves of what was not synced, drawn once for each cut.
class Survival {
 public:
  enum class Kind {
    kNothing,     ///< only what was synced
    kEverything,  ///< as if only the process had ended
    kPrefix,      ///< all calls up to one, which may be torn
    kAny,         ///< each sector, size and name on its own
  };

  /// A kind by chance; `last` is the number of the last call.
  static Survival draw(SimRandom& random, CallNumber last) {
    constexpr std::uint64_t kRecentCalls = 64;
    const auto kind = static_cast<Kind>(random.below(4));
    return {kind, last - random.below(last < kRecentCalls ? last + 1 : kRecentCalls), random};
  }

  Survival(Kind kind, CallNumber cut, SimRandom& random) : kind_(kind), cut_(cut), random_(random) {}

  /// Of `versions` by rising call number, how many have come to pass: the last of those counts, and what was
  /// durable before where it is 0. `number_of` gives the call that made a version.
  template <class Versions, class NumberOf>
  std::size_t kept(const Versions& versions, NumberOf number_of) {
    switch (kind_) {
      case Kind::kNothing:
        return 0;
      case Kind::kEverything:
        return versions.size();
      case Kind::kPrefix: {
        std::size_t count = 0;
        while (count < versions.size() && number_of(versions[count]) < cut_) {
          ++count;
        }
        const bool is_torn = count < versions.size() && number_of(versions[count]) == cut_;
        return count + (is_torn && random_.one_in(2) ? 1 : 0);
      }
      case Kind::kAny:
        return static_cast<std::size_t>(random_.below(versions.size() + 1));
    }
    return 0;
  }

  /// Whether one call that is on its own has come to pass.
  bool keeps(CallNumber number) {
    switch (kind_) {
      case Kind::kNothing:
        return false;
      case Kind::kEverything:
        return true;
      case Kind::kPrefix:
        return number < cut_ || (number == cut_ && random_.one_in(2));
      case Kind::kAny:
        return random_.one_in(2);
    }
    return false;
  }

 private:
  Kind kind_;
  CallNumber cut_;
  SimRandom& random_;
};

}  // namespace moldau::io::sim
