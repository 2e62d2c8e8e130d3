#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/stream.h"
#include "io/uv/address.h"
#include "io/uv/descriptor.h"
#include "io/uv/handles.h"

namespace moldau::io::uv {

class UvLoop;

/// One outgoing connection being made, owned by its loop: the name is looked up, then each address is tried
/// in turn. Destroying it gives up without a word.
class Connecting {
 public:
  using Done = std::move_only_function<void(Result<std::unique_ptr<Stream>>)>;

  Connecting(UvLoop& loop, SocketAddress address, Done done);
  ~Connecting();
  Connecting(const Connecting&) = delete;
  Connecting& operator=(const Connecting&) = delete;

  /// Leaves the loop and tells `done` sooner or later, even at once.
  void begin();

 private:
  struct Lookup;

  void look_up();
  void on_found(int status, const addrinfo* found);
  void try_next();
  bool try_one(const SystemAddress& target);
  void on_writable();
  void finish(Result<std::unique_ptr<Stream>> result);
  std::string name() const { return address_.host + ":" + std::to_string(address_.port); }

  UvLoop& loop_;
  SocketAddress address_;
  Done done_;
  Lookup* lookup_ = nullptr;         ///< owned by libuv until its callback
  std::vector<SystemAddress> left_;  ///< still to be tried, best last
  Error failure_;
  Descriptor socket_;
  std::unique_ptr<PollHandle> poll_;
};

}  // namespace moldau::io::uv
