#pragma once

#include <optional>
#include <utility>

namespace moldau::client {

/// For clients that go step by step: calls `begin` with a callback that takes a T, and runs `host` until that
/// was called. Gives what it got. Nothing else may stop the host for good meanwhile.
template <class T, class Host, class Begin>
T await(Host& host, Begin&& begin) {
  std::optional<T> got;
  std::forward<Begin>(begin)([&](T value) {
    got = std::move(value);
    host.stop();
  });
  while (!got) {
    host.run();
  }
  return std::move(*got);
}

}  // namespace moldau::client
