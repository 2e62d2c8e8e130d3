#include "visits.h"

#include <chrono>
#include <optional>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "common.h"

namespace soak {

namespace {

constexpr std::chrono::milliseconds kBetweenVisits{100};
constexpr std::int16_t kFetch = 1;
constexpr std::int16_t kListOffsets = 2;
constexpr std::int16_t kApiVersions = 18;
constexpr std::size_t kMostBytes = 4 << 20;

/// Big-endian fields of a request, behind room for its size.
class Request {
 public:
  /// The header, version 1, that all versions used here have.
  Request(std::int16_t key, std::int16_t version, const std::string& client) {
    number(0, 4).number(static_cast<std::uint64_t>(key), 2).number(static_cast<std::uint64_t>(version), 2);
    number(7, 4).text(client);
  }

  Request& number(std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i)
      bytes_ += static_cast<char>(value >> (8 * i));
    return *this;
  }

  Request& text(const std::string& text) {
    number(text.size(), 2);
    bytes_ += text;
    return *this;
  }

  /// With its size in front.
  std::string bytes() const {
    std::string whole = bytes_;
    for (std::size_t i = 0; i < 4; ++i)
      whole[i] = static_cast<char>((bytes_.size() - 4) >> (8 * (3 - i)));
    return whole;
  }

 private:
  std::string bytes_;
};

std::int64_t number_at(const std::string& bytes, std::size_t at, int size) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i) {
    const std::size_t place = at + static_cast<std::size_t>(i);
    value = value << 8 | (place < bytes.size() ? static_cast<unsigned char>(bytes[place]) : 0);
  }
  return static_cast<std::int64_t>(value);
}

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{.tv_sec = 5, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_open_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool is_open() const { return is_open_; }

  bool send(const std::string& bytes) {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }

  /// The answer behind its size; nothing when it does not come.
  std::optional<std::string> receive() {
    const auto head = take(4);
    if (!head) return std::nullopt;
    const auto size = static_cast<std::size_t>(number_at(*head, 0, 4));
    return size <= kMostBytes ? take(size) : std::nullopt;
  }

  std::optional<std::string> ask(const Request& request) {
    return send(request.bytes()) ? receive() : std::nullopt;
  }

 private:
  std::optional<std::string> take(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t done = 0; done < size;) {
      const auto got = ::recv(socket_, bytes.data() + done, size - done, 0);
      if (got <= 0) return std::nullopt;
      done += static_cast<std::size_t>(got);
    }
    return bytes;
  }

  int socket_;
  bool is_open_ = false;
};

class Visits {
 public:
  Visits(std::uint16_t port, Tally& tally) : port_(port), tally_(tally) {}

  void step() {
    Connection connection(port_);
    ++visits_;
    // Another client each time: what a broker keeps of one has to go again.
    client_ = "visitor-" + std::to_string(visits_);
    if (!connection.is_open()) return;
    switch (visits_ % 6) {
      case 0:
        count("connections without a word", true);
        break;
      case 1:
        count("versions asked", connection.ask(Request(kApiVersions, 0, client_)).has_value());
        break;
      case 2:
        half_a_request(connection);
        break;
      case 3:
        nonsense(connection);
        break;
      case 4:
        count("offsets listed by time", list_offsets(connection));
        break;
      default:
        fetch_session(connection, visits_ % 12 < 6);
    }
  }

 private:
  void count(const std::string& kind, bool done) {
    if (done) tally_.add(kind);
  }

  void half_a_request(Connection& connection) {
    const std::string whole = Request(kApiVersions, 0, client_).bytes();
    count("requests cut off", connection.send(whole.substr(0, whole.size() / 2)));
  }

  /// The broker hangs up on what is no request.
  void nonsense(Connection& connection) {
    count("nonsense refused",
          connection.send(std::string("GET / HTTP/1.1\r\n\r\n")) && !connection.receive());
  }

  bool list_offsets(Connection& connection) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto then = std::chrono::duration_cast<std::chrono::milliseconds>(now).count() - 10000;
    Request request(kListOffsets, 1, client_);
    request.number(0xFFFFFFFF, 4).number(1, 4).text("idempotent").number(4, 4);
    for (std::uint32_t partition = 0; partition < 4; ++partition)
      request.number(partition, 4).number(static_cast<std::uint64_t>(then), 8);
    const auto answer = connection.ask(request);
    // correlation id, topics, name, partitions, partition, error
    return answer && number_at(*answer, 4 + 4 + 2 + 10 + 4 + 4, 2) == 0;
  }

  /// A session over all partitions of three topics, some answers long; then it is closed, or left to the
  /// broker.
  void fetch_session(Connection& connection, bool closes) {
    std::int64_t session = 0;
    int epoch = 0;
    for (; epoch < 5; ++epoch) {
      const auto answer = connection.ask(fetch(session, epoch));
      // correlation id, throttle time, error, session id
      if (!answer || number_at(*answer, 8, 2) != 0) return;
      session = number_at(*answer, 10, 4);
      if (session == 0) {
        count("sessions not given", true);
        return;
      }
    }
    if (closes && !connection.ask(fetch(session, -1))) return;
    count(closes ? "sessions closed" : "sessions left", true);
  }

  Request fetch(std::int64_t session, int epoch) const {
    Request request(kFetch, 7, client_);
    request.number(0xFFFFFFFF, 4).number(20, 4).number(1, 4).number(1 << 20, 4).number(0, 1);
    request.number(static_cast<std::uint64_t>(session), 4).number(static_cast<std::uint64_t>(epoch), 4);
    if (epoch != 0) {
      request.number(0, 4);
    } else {
      request.number(3, 4);
      partitions(request, "kept", 1);
      partitions(request, "idempotent", 4);
      partitions(request, "plain", 3);
    }
    return request.number(0, 4);
  }

  /// From offset 0, which a log may have left behind: a partition's error is kept in the session, too.
  static void partitions(Request& request, const std::string& topic, std::uint32_t count) {
    request.text(topic).number(count, 4);
    for (std::uint32_t partition = 0; partition < count; ++partition)
      request.number(partition, 4).number(0, 8).number(~std::uint64_t{0}, 8).number(65536, 4);
  }

  std::uint16_t port_;
  Tally& tally_;
  std::uint64_t visits_ = 0;
  std::string client_;
};

}  // namespace

void visit(std::stop_token stop, const std::string& bootstrap, Tally& tally) {
  Visits visits(static_cast<std::uint16_t>(std::stoi(bootstrap.substr(bootstrap.rfind(':') + 1))), tally);
  while (!stop.stop_requested()) {
    visits.step();
    std::this_thread::sleep_for(kBetweenVisits);
  }
}

}  // namespace soak
