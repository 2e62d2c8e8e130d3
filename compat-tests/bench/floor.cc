// The floor of the benchmark: what the same bytes cost a bare program. One thread, epoll, no protocol.
//
//   floor produce FILE...   takes frames (int32 size, payload), computes CRC-32C, appends the payload to the
//                           next FILE in turn and answers each with 8 bytes: a frame of its first 4 payload
//                           bytes. The answers to what came in one read leave in one write.
//   floor consume FILE      takes frames of 12 bytes (int64 position, int32 size) and answers each with a
//                           frame that holds that part of FILE, by sendfile.
//   floor relay FILE        takes frames as produce does, and from one other connection empty ones: each asks
//                           for a frame with what has come since the last, by sendfile, now or later.
//
// Prints "port=N" when it listens on loopback, and ends at the end of its standard input.

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <isa-l/crc.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::size_t kLargeFrame = std::size_t{64} << 10;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::uint32_t load32(const unsigned char* at) {
  std::uint32_t value;
  std::memcpy(&value, at, 4);
  return ntohl(value);
}

/// False when the other end is gone.
bool write_all(int fd, const unsigned char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(fd, bytes, size);
    if (written < 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

struct Connection {
  std::vector<unsigned char> input = std::vector<unsigned char>(std::size_t{4} << 20);
  std::size_t filled = 0;
};

enum class Mode { kProduce, kConsume, kRelay };

class Floor {
 public:
  Floor(Mode mode, std::span<char*> paths) : mode_(mode) {
    for (const char* path : paths) {
      files_.push_back(::open(path, mode == Mode::kConsume ? O_RDONLY : O_RDWR | O_CREAT | O_TRUNC, 0644));
      if (files_.back() < 0) die(path);
    }
  }

  void run() {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0) die("bind");
    if (::listen(listener, 64) != 0) die("listen");
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
    std::printf("port=%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    poll_ = ::epoll_create1(0);
    watch(listener);
    watch(STDIN_FILENO);
    while (true) {
      epoll_event events[64];
      const int count = ::epoll_wait(poll_, events, 64, -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[i].data.fd;
        if (fd == STDIN_FILENO) return;
        if (fd == listener) {
          accept_from(listener);
        } else if (!serve(fd)) {
          connections_.erase(fd);
          ::close(fd);
        }
      }
    }
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl");
  }

  void accept_from(int listener) {
    const int fd = ::accept(listener, nullptr, nullptr);
    if (fd < 0) return;
    const int on = 1;
    const int buffer = 102400;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    connections_.try_emplace(fd);
    watch(fd);
  }

  bool serve(int fd) {
    Connection& connection = connections_[fd];
    // No further than the end of a large frame under way, which then needs no moving.
    std::size_t space = connection.input.size() - connection.filled;
    if (connection.filled >= 4) {
      const std::size_t frame = 4 + std::size_t{load32(connection.input.data())};
      if (frame > kLargeFrame) space = frame - connection.filled;
    }
    const ssize_t got = ::read(fd, connection.input.data() + connection.filled, space);
    if (got <= 0) return false;
    connection.filled += static_cast<std::size_t>(got);
    std::size_t begin = 0;
    while (connection.filled - begin >= 4) {
      const unsigned char* frame = connection.input.data() + begin;
      const std::size_t size = load32(frame);
      if (connection.filled - begin < 4 + size) break;
      if (mode_ == Mode::kConsume) {
        if (!give(fd, frame + 4)) return false;
      } else if (size > 0) {
        take(frame + 4, size);
      } else {
        asks_ = fd;
      }
      begin += 4 + size;
    }
    if (!pass_on()) return false;
    if (!answers_.empty() && !write_all(fd, answers_.data(), answers_.size())) return false;
    answers_.clear();
    if (begin > 0) {
      std::memmove(connection.input.data(), connection.input.data() + begin, connection.filled - begin);
      connection.filled -= begin;
    }
    return true;
  }

  void take(const unsigned char* payload, std::size_t size) {
    crc_ ^= crc32_iscsi(const_cast<unsigned char*>(payload), static_cast<int>(size), 0xFFFFFFFFU);
    if (!write_all(files_[next_], payload, size)) die("write");
    next_ = (next_ + 1) % files_.size();
    taken_bytes_ += static_cast<off_t>(size);
    const unsigned char length[4] = {0, 0, 0, 4};
    answers_.insert(answers_.end(), length, length + 4);
    answers_.insert(answers_.end(), payload, payload + 4);
  }

  /// Gives the connection that asks what it has not been given.
  bool pass_on() {
    if (asks_ < 0 || given_bytes_ == taken_bytes_) return true;
    const auto size = static_cast<std::size_t>(taken_bytes_ - given_bytes_);
    const std::uint32_t length = htonl(static_cast<std::uint32_t>(size));
    const bool was_sent = send_part(std::exchange(asks_, -1), &length, given_bytes_, size);
    given_bytes_ = taken_bytes_;
    return was_sent;
  }

  bool give(int fd, const unsigned char* payload) {
    const auto position = static_cast<off_t>((std::uint64_t{load32(payload)} << 32) | load32(payload + 4));
    return send_part(fd, payload + 8, position, load32(payload + 8));
  }

  bool send_part(int fd, const void* length, off_t position, std::size_t size) {
    // Leaves with the bytes behind it.
    if (::send(fd, length, 4, MSG_MORE) != 4) return false;
    while (size > 0) {
      const ssize_t sent = ::sendfile(fd, files_[0], &position, size);
      if (sent <= 0) return false;
      size -= static_cast<std::size_t>(sent);
    }
    return true;
  }

  Mode mode_;
  std::vector<int> files_;
  std::size_t next_ = 0;  // which of them takes the next payload
  int poll_ = -1;
  std::uint32_t crc_ = 0;
  std::vector<unsigned char> answers_;  // of what came in one read
  // To relay.
  int asks_ = -1;  // the connection that waits
  off_t taken_bytes_ = 0;
  off_t given_bytes_ = 0;
  std::map<int, Connection> connections_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, Mode> modes = {
      {"produce", Mode::kProduce}, {"consume", Mode::kConsume}, {"relay", Mode::kRelay}};
  const auto mode = modes.find(argc >= 3 ? argv[1] : "");
  if (mode == modes.end() || (mode->second != Mode::kProduce && argc != 3)) {
    std::fprintf(stderr, "usage: floor produce FILE... | floor consume FILE | floor relay FILE\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  Floor(mode->second, std::span(argv, static_cast<std::size_t>(argc)).subspan(2)).run();
  return 0;
}
