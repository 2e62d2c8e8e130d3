#pragma once

#include <utility>

#include "net/frame_reader.h"

namespace moldau::client {

/// What a broker answered. Owns the frame that the message's views point into.
template <class Response>
class Answer {
 public:
  Answer(net::Frame frame, Response message) : frame_(std::move(frame)), message_(std::move(message)) {}

  const Response& operator*() const { return message_; }
  const Response* operator->() const { return &message_; }

 private:
  net::Frame frame_;
  Response message_;
};

}  // namespace moldau::client
