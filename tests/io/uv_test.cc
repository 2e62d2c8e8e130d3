#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "endpoint.h"
#include "io/uv/cold_read.h"
#include "io/uv/file.h"
#include "uv_bench.h"

using namespace moldau;
using namespace moldau::io;
using namespace moldau::io::testing;

namespace {

/// Whether another process gets the record lock that a JVM's FileLock asks for.
bool other_process_can_lock(const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int file = ::open(path.c_str(), O_RDWR);
    struct flock whole{};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    ::_exit(::fcntl(file, F_SETLK, &whole) == 0 ? 1 : 0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WEXITSTATUS(status) == 1;
}

bool has_ipv6() {
  const int socket = ::socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 loopback{};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) == 0;
  ::close(socket);
  return bound;
}

/// Takes the file's pages out of the page cache, where the file system does that.
void make_cold(File& file) {
  REQUIRE(file.sync());
  REQUIRE(::posix_fadvise(static_cast<const uv::UvFile&>(file).descriptor(), 0, 0, POSIX_FADV_DONTNEED) == 0);
}

FileHandle cold_file(UvBench& bench, ByteView content) {
  FileHandle file = bench.folder()->open_file("cold", OpenMode::kCreate).value();
  REQUIRE(file->write_at(0, content));
  make_cold(*file);
  return file;
}

}  // namespace

TEST_CASE("a lane that rests does not hold up the end of its host") {
  auto host = std::make_unique<uv::UvHost>(1);
  uv::UvHost& machine = *host;
  const LaneId lane = machine.make_lane("rests");
  std::promise<void> begun;
  machine.loop(0).offload(
      lane,
      [&] {
        begun.set_value();
        machine.rest_lane(lane, std::chrono::hours(24));
      },
      [] {});
  begun.get_future().wait();
  host.reset();
}

TEST_CASE("the folder lock excludes the record locks of other processes") {
  UvBench bench;
  const std::string path = bench.path() + "/.lock";
  auto held = bench.folder()->lock(".lock").value();
  CHECK(!other_process_can_lock(path));
  // Closing another descriptor of the file must not give the lock away.
  {
    const std::ifstream reader(path);
  }
  CHECK(bench.folder()->open_file(".lock", OpenMode::kReadOnly));
  CHECK(!other_process_can_lock(path));
  held.reset();
  CHECK(other_process_can_lock(path));
}

TEST_CASE("files and folders are made for everybody the umask lets in") {
  UvBench bench;
  const mode_t before = ::umask(0027);
  REQUIRE(bench.folder()->open_file("f", OpenMode::kCreate));
  REQUIRE(bench.folder()->create_directory("d"));
  ::umask(before);
  struct stat status{};
  REQUIRE(::stat((bench.path() + "/f").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640);
  REQUIRE(::stat((bench.path() + "/d").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0750);
}

TEST_CASE("descriptors are not handed to programs started later") {
  UvBench bench;
  const FileHandle file = bench.folder()->open_file("f", OpenMode::kCreate).value();
  const int descriptor = static_cast<const uv::UvFile&>(*file).descriptor();
  CHECK((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a listener on IPv6 is reached there") {
  if (!has_ipv6()) {
    MESSAGE("skipped: this machine has no IPv6");
    return;
  }
  UvBench bench;
  Loop& loop = bench.host().loop(0);
  const Door only_six(loop, {"::1", 0});
  const Door every(loop, {"", 0});
  std::vector<std::unique_ptr<Stream>> made;
  const auto keep = [&](Result<std::unique_ptr<Stream>> one) { made.push_back(std::move(one).value()); };
  loop.connect(only_six.listener->local_address(), keep);
  loop.connect({"::1", every.listener->local_address().port}, keep);
  REQUIRE(bench.run_until([&] { return made.size() == 2 && every.accepted.size() == 1; }));
  REQUIRE(only_six.accepted.size() == 1);
  CHECK(only_six.accepted[0]->peer_address().host == "::1");
}

TEST_CASE("an IPv4 peer of a listener for both families is shown as IPv4") {
  UvBench bench;
  Loop& loop = bench.host().loop(0);
  Door door(loop, {"", 0});
  std::unique_ptr<Stream> made;
  loop.connect({"127.0.0.1", door.listener->local_address().port},
               [&](Result<std::unique_ptr<Stream>> one) { made = std::move(one).value(); });
  REQUIRE(bench.run_until([&] { return made && !door.accepted.empty(); }));
  CHECK(door.accepted.back()->peer_address().host == "127.0.0.1");
  const auto stream = loop.adopt(std::move(door.accepted.back()), -1, -1);
  CHECK(stream->local_address().host == "127.0.0.1");
}

TEST_CASE("localhost is where Java puts it") {
  UvBench bench;
  const Door door(bench.host().loop(0), {"localhost", 0});
  CHECK(door.listener->local_address().host == "127.0.0.1");
}

TEST_CASE("a slice that is not in the page cache is read ahead and sent whole") {
  UvBench bench;
  Connected<UvBench> both(bench);
  const Bytes content = noise(3'000'000);
  const FileHandle file = cold_file(bench, content);
  const int descriptor = static_cast<const uv::UvFile&>(*file).descriptor();
  if (uv::is_cached(descriptor, 0, content.size())) {
    MESSAGE("skipped in part: this file system keeps or does not tell what is cached");
  }
  both.server->stream->send(
      pieces(buffer_of(as_bytes("head")), FileSlice{file, 0, content.size()}, buffer_of(as_bytes("tail"))));
  REQUIRE(bench.run_until([&] { return both.client->received.size() == content.size() + 8; }));
  CHECK(as_text(both.client->received).starts_with("head"));
  CHECK(as_text(both.client->received).ends_with("tail"));
  CHECK(std::ranges::equal(ByteView(both.client->received).subspan(4, content.size()), content));
  CHECK(uv::is_cached(descriptor, 0, content.size()));
  REQUIRE(bench.run_until([&] { return both.server->sent_count == 1; }));
}

TEST_CASE("small slices leave in order, in the page cache or not") {
  UvBench bench;
  Connected<UvBench> both(bench);
  const Bytes content = noise(200'000);
  const FileHandle file = cold_file(bench, content);
  Bytes expected;
  // The first finds nothing in the page cache; its reading brings the second, and so on.
  for (std::uint64_t position = 0; position < 150'000; position += 5'000) {
    both.server->stream->send(pieces(buffer_of(as_bytes("head")), FileSlice{file, position, 4'000}));
    std::ranges::copy(as_bytes("head"), std::back_inserter(expected));
    std::ranges::copy(ByteView(content).subspan(position, 4'000), std::back_inserter(expected));
  }
  REQUIRE(bench.run_until([&] { return both.client->received.size() >= expected.size(); }));
  CHECK((both.client->received == expected));
}

TEST_CASE("who has waited longest is answered first, unless the loop has more to do") {
  UvBench bench;
  Connected<UvBench> first(bench);
  Connected<UvBench> second(bench);
  Connected<UvBench> third(bench);
  Loop& loop = bench.host().loop(0);
  const auto ask = [&](Connected<UvBench>& both) {
    const std::size_t before = both.server->received.size();
    both.client->stream->send(pieces(buffer_of(as_bytes("?"))));
    REQUIRE(bench.run_until([&] { return both.server->received.size() > before; }));
  };
  const auto answer = [](Connected<UvBench>& both) {
    both.server->stream->send(pieces(buffer_of(as_bytes("!"))));
  };
  const auto order_of_answers = [&](bool is_brief) {
    std::string order;
    first.server->on_sent_hook = [&] { order += '1'; };
    second.server->on_sent_hook = [&] { order += '2'; };
    third.server->on_sent_hook = [&] { order += '3'; };
    ask(first);
    ask(second);
    third.server->on_readable_hook = [&] {
      third.server->take(100);
      const auto answer_both = [&] {
        answer(second);
        answer(first);
      };
      is_brief ? loop.post_brief(answer_both) : loop.post(answer_both);
      answer(third);
    };
    ask(third);
    REQUIRE(bench.run_until([&] { return order.size() == 3; }));
    return order;
  };
  CHECK(order_of_answers(true) == "123");
  CHECK(order_of_answers(false) == "312");
}

TEST_CASE("a range is read at once if the page cache has all of it") {
  UvBench bench;
  const Bytes content = noise(10'000);
  const FileHandle file = bench.folder()->open_file("f", OpenMode::kCreate).value();
  REQUIRE(file->write_at(0, content));
  const int descriptor = static_cast<const uv::UvFile&>(*file).descriptor();
  Bytes part(1'000);
  CHECK(uv::read_if_cached(descriptor, 9'000, part));
  CHECK(std::ranges::equal(part, ByteView(content).subspan(9'000)));
  CHECK_FALSE(uv::read_if_cached(descriptor, 9'001, part));
  CHECK_FALSE(uv::read_if_cached(descriptor, 10'000, part));
  make_cold(*file);
  const bool was_cached = uv::is_cached(descriptor, 0, part.size());
  CHECK(uv::read_if_cached(descriptor, 0, part) == was_cached);
}

TEST_CASE("a stream that reads ahead may be destroyed meanwhile") {
  UvBench bench;
  Connected<UvBench> both(bench);
  const FileHandle file = cold_file(bench, noise(3'000'000));
  both.server->stream->send(pieces(FileSlice{file, 0, 3'000'000}));
  both.server->stream.reset();
  REQUIRE(bench.run_until([&] { return both.client->ended || both.client->broken; }));
}

TEST_CASE("bringing a range into the cache ends at the end of the file") {
  UvBench bench;
  const FileHandle file = bench.folder()->open_file("f", OpenMode::kCreate).value();
  REQUIRE(file->write_at(0, noise(100)));
  const int descriptor = static_cast<const uv::UvFile&>(*file).descriptor();
  uv::bring_into_cache(descriptor, 50, 1'000'000);
  CHECK(uv::is_cached(descriptor, 0, 100));
  CHECK(uv::is_cached(descriptor, 1000, 100));
}

TEST_CASE("socket buffers are set as asked, and doubled as the kernel does") {
  UvBench bench;
  Loop& loop = bench.host().loop(0);
  Connected<UvBench> small(bench, 10'000, 10'000);
  Connected<UvBench> large(bench, 1'000'000, 1'000'000);
  for (auto* both : {&small, &large}) {
    both->client->stream->set_muted(true);
    both->server->stream->send(pieces(Buffer(32 * 1024 * 1024)));
  }
  bool turned = false;
  const auto timer = loop.make_timer([&] { turned = true; });
  timer->arm(loop.clock().now() + std::chrono::milliseconds(50));
  REQUIRE(bench.run_until([&] { return turned; }));
  CHECK(small.server->stream->queued_bytes() > large.server->stream->queued_bytes());
}

TEST_CASE("a signal runs its task on loop 0, and a broken pipe kills nobody") {
  UvBench bench;
  int heard = 0;
  bench.host().on_signal(SIGUSR1, [&] { ++heard; });
  ::raise(SIGPIPE);
  ::raise(SIGUSR1);
  REQUIRE(bench.run_until([&] { return heard == 1; }));
  ::raise(SIGUSR1);
  REQUIRE(bench.run_until([&] { return heard == 2; }));
}

TEST_CASE("the limit of open files is what the system allows") {
  const UvBench bench;
  rlimit files{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
  CHECK(files.rlim_cur == files.rlim_max);
}

TEST_CASE("the kernel has room for thousands of descriptors from the start") {
  const UvBench bench;
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line) && !line.starts_with("FDSize:")) {
  }
  rlimit files{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
  CHECK(std::stoull(line.substr(line.find(':') + 1)) >= std::min<rlim_t>(files.rlim_cur, 16384));
}

TEST_CASE("a file that is made read-only has the permissions of Apache Kafka's frozen snapshots") {
  UvBench bench;
  REQUIRE(bench.folder()->open_file("a", OpenMode::kCreate).value()->make_read_only());
  const auto permissions = std::filesystem::status(bench.path() + "/a").permissions();
  CHECK(permissions == std::filesystem::perms::owner_read);
}

TEST_CASE("a listener without descriptors waits and then takes the connection") {
  UvBench bench;
  Loop& loop = bench.host().loop(0);
  Door door(loop);
  std::unique_ptr<Stream> made;
  loop.connect(door.listener->local_address(),
               [&](Result<std::unique_ptr<Stream>> one) { made = std::move(one).value(); });
  door.listener->set_paused(true);
  REQUIRE(bench.run_until([&] { return made != nullptr; }));
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 3;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  door.listener->set_paused(false);
  bool waited = false;
  const auto timer = loop.make_timer([&] {
    waited = door.accepted.empty();
    ::setrlimit(RLIMIT_NOFILE, &before);
  });
  timer->arm(loop.clock().now() + std::chrono::milliseconds(50));
  REQUIRE(bench.run_until([&] { return !door.accepted.empty(); }));
  CHECK(waited);
}

TEST_CASE("a listener leaves the last descriptors to files") {
  UvBench bench;
  Loop& loop = bench.host().loop(0);
  Door door(loop);
  std::vector<std::unique_ptr<Stream>> made;
  constexpr std::size_t kClients = 3;
  for (std::size_t i = 0; i < kClients; ++i) {
    loop.connect(door.listener->local_address(),
                 [&](Result<std::unique_ptr<Stream>> one) { made.push_back(std::move(one).value()); });
  }
  door.listener->set_paused(true);
  REQUIRE(bench.run_until([&] { return made.size() == kClients; }));
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit few = before;
  few.rlim_cur = 160;
  constexpr int kOfFiles = 10;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  // Others have all but those of the files, and one.
  std::vector<uv::Descriptor> taken;
  do {
    taken.emplace_back(::dup(0));
    REQUIRE(taken.back().is_open());
  } while (std::cmp_less(taken.back().number(), few.rlim_cur - kOfFiles - 1));
  door.listener->set_paused(false);
  bool are_files_opened = false;
  std::size_t accepted = 0;
  const auto timer = loop.make_timer([&] {
    accepted = door.accepted.size();
    std::vector<FileHandle> files;
    for (int i = 0; i < kOfFiles - 1; ++i) {
      auto file = bench.folder()->open_file(std::to_string(i), OpenMode::kCreate);
      if (file) files.push_back(*std::move(file));
    }
    are_files_opened = files.size() == kOfFiles - 1;
    taken.clear();
  });
  timer->arm(loop.clock().now() + std::chrono::milliseconds(50));
  REQUIRE(bench.run_until([&] { return door.accepted.size() == kClients; }));
  CHECK(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(accepted <= 1);
  CHECK(are_files_opened);
}
