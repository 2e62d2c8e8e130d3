#pragma once

#include <cstdint>
#include <vector>

#include "io/stream.h"

namespace moldau::net {

class Connection;

/// What answers one request of a connection: exactly one of answer(), answer_nothing() and refuse() is
/// called, once, from the connection's thread; the connection lives until then. Each may destroy it.
class Responder {
 public:
  /// `number` counts the requests of the connection.
  Responder(Connection& connection, std::uint64_t number) : connection_(&connection), number_(number) {}

  /// Sends the answer, one whole frame with its length prefix, behind those of the requests before.
  void answer(std::vector<io::Piece> pieces) const;

  /// Ends the request without an answer (Produce with acks 0).
  void answer_nothing() const;

  /// Ends the request by closing the connection, as Kafka does where it cannot answer, behind the answers of
  /// the requests before.
  void refuse() const;

  /// Says, before serve() returns, that what the request changes no longer depends on when it is answered: as
  /// soon as serve() has returned, the next may begin if the service lets it follow.
  void let_follow() const;

 private:
  Connection* connection_;
  std::uint64_t number_;
};

}  // namespace moldau::net
