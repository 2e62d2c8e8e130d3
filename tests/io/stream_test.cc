#include <algorithm>

#include <doctest/doctest.h>

#include "benches.h"
#include "endpoint.h"

using namespace moldau;
using namespace moldau::io;
using namespace moldau::io::testing;

namespace {

/// A file of noise in the bench's folder.
template <class Bench>
FileHandle file_of(Bench& bench, const Bytes& content) {
  FileHandle file = bench.folder()->open_file("slices", OpenMode::kCreate).value();
  REQUIRE(file->write_at(0, content));
  return file;
}

}  // namespace

TEST_CASE_TEMPLATE("both ends hear what the other sends", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  both.client->stream->send(pieces(buffer_of(as_bytes("ping"))));
  REQUIRE(bench.run_until([&] { return as_text(both.server->received) == "ping"; }));
  both.server->stream->send(pieces(buffer_of(as_bytes("po")), Buffer(), buffer_of(as_bytes("ng"))));
  REQUIRE(bench.run_until([&] { return as_text(both.client->received) == "pong"; }));
  CHECK(both.client->sent_count == 1);
  CHECK(both.server->sent_count == 1);
  CHECK(both.client->stream->local_address() == both.peer_address);
  CHECK(both.server->stream->local_address() == both.door.listener->local_address());
}

TEST_CASE_TEMPLATE("buffers and slices arrive in order, whatever the reader's pace", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench, 16 * 1024, 16 * 1024);
  const Bytes content = noise(900'000, 7);
  const FileHandle file = file_of(bench, content);
  Bytes expected;
  const auto expect = [&](ByteView bytes) { expected.insert(expected.end(), bytes.begin(), bytes.end()); };
  both.client->read_bytes = 5000;
  std::size_t sends = 0;
  for (std::uint32_t i = 0; i < 30; ++i) {
    const Bytes header = noise(i * 37 % 300, i);
    const std::uint64_t position = i * 20'011 % 500'000;
    const std::uint64_t size = i % 3 == 0 ? i * 997 % 20'000 : i * 31'337 % 400'000;
    const Bytes trailer = noise(i % 4 == 0 ? 70'000 : 3, i);
    expect(header);
    expect(ByteView(content).subspan(position, size));
    expect(trailer);
    both.server->stream->send(pieces(buffer_of(header), FileSlice{file, position, size}, buffer_of(trailer)));
    ++sends;
  }
  CHECK(both.server->stream->queued_bytes() > 1'000'000);
  CHECK(both.server->sent_count == 0);
  REQUIRE(bench.run_until([&] { return both.client->received.size() >= expected.size(); }));
  CHECK((both.client->received == expected));
  REQUIRE(bench.run_until([&] { return both.server->sent_count == sends; }));
  CHECK(both.server->stream->queued_bytes() == 0);
}

TEST_CASE_TEMPLATE("a send counts as sent when its last byte has left the queue", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  both.client->stream->set_muted(true);
  const std::size_t size = 64 * 1024 * 1024;
  both.server->stream->send(pieces(Buffer(1)));
  both.server->stream->send(pieces());
  both.server->stream->send(pieces(buffer_of(noise(size))));
  both.server->stream->send(pieces(Buffer(1)));
  CHECK(both.server->sent_count == 0);
  REQUIRE(bench.run_until([&] { return both.server->sent_count == 2; }));
  const std::uint64_t queued = both.server->stream->queued_bytes();
  CHECK(queued > 1);
  CHECK(queued <= size + 1);
  both.client->stream->set_muted(false);
  both.client->read_bytes = 1 << 20;
  REQUIRE(bench.run_until([&] { return both.server->sent_count == 4; }));
  CHECK(both.server->stream->queued_bytes() == 0);
  REQUIRE(bench.run_until([&] { return both.client->received.size() == size + 2; }));
}

TEST_CASE_TEMPLATE("what is sent from on_sent is reported too, never from inside send", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  int left = 1000;
  bool sending = false;
  bool reported_inside = false;
  both.server->on_sent_hook = [&] {
    reported_inside = reported_inside || sending;
    if (left-- <= 0) return;
    sending = true;
    both.server->stream->send(pieces(Buffer(10)));
    sending = false;
  };
  both.server->stream->send(pieces(Buffer(10)));
  CHECK(both.server->sent_count == 0);
  REQUIRE(bench.run_until([&] { return both.client->received.size() == 10'010; }));
  REQUIRE(bench.run_until([&] { return both.server->sent_count == 1001; }));
  CHECK(!reported_inside);
}

TEST_CASE_TEMPLATE("what is sent while reading leaves in order, and counts as sent afterwards", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  const FileHandle file = file_of(bench, noise(300'000));
  both.server->on_readable_hook = [&] {
    both.server->take(100);
    both.server->stream->send(pieces(buffer_of(as_bytes("one "))));
    both.server->stream->send(pieces(buffer_of(as_bytes("two ")), FileSlice{file, 0, 300'000}));
    both.server->stream->send(pieces(buffer_of(as_bytes("three"))));
    CHECK(both.server->sent_count == 0);
  };
  both.client->stream->send(pieces(buffer_of(as_bytes("go"))));
  REQUIRE(bench.run_until([&] { return both.client->received.size() == 13 + 300'000; }));
  REQUIRE(bench.run_until([&] { return both.server->sent_count == 3; }));
  CHECK(as_text(ByteView(both.client->received).first(8)) == "one two ");
  CHECK(as_text(ByteView(both.client->received).last(5)) == "three");
  CHECK(both.server->stream->queued_bytes() == 0);
}

TEST_CASE_TEMPLATE(
    "what is sent while reading goes out even if the stream is destroyed before the event ends", Bench,
    MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  both.server->on_readable_hook = [&] {
    both.server->take(100);
    both.server->stream->send(pieces(buffer_of(as_bytes("last "))));
    both.server->stream->send(pieces(buffer_of(as_bytes("words"))));
    both.server->stream.reset();
  };
  both.client->stream->send(pieces(buffer_of(as_bytes("go"))));
  REQUIRE(bench.run_until([&] { return both.client->ended; }));
  CHECK(as_text(both.client->received) == "last words");
}

TEST_CASE_TEMPLATE("what posted tasks send leaves in order, also from a stream that they destroy", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  const FileHandle file = file_of(bench, noise(300'000));
  Loop& loop = bench.host().loop(0);
  loop.post([&] { both.server->stream->send(pieces(buffer_of(as_bytes("one ")))); });
  loop.post(
      [&] { both.server->stream->send(pieces(buffer_of(as_bytes("two ")), FileSlice{file, 0, 300'000})); });
  loop.post([&] {
    both.server->stream->send(pieces(buffer_of(as_bytes("three"))));
    CHECK(both.server->sent_count == 0);
  });
  REQUIRE(bench.run_until([&] { return both.client->received.size() == 13 + 300'000; }));
  REQUIRE(bench.run_until([&] { return both.server->sent_count == 3; }));
  CHECK(as_text(ByteView(both.client->received).first(8)) == "one two ");
  CHECK(as_text(ByteView(both.client->received).last(5)) == "three");
  loop.post([&] { both.server->stream->send(pieces(buffer_of(as_bytes(" last ")))); });
  loop.post([&] {
    both.server->stream->send(pieces(buffer_of(as_bytes("words"))));
    both.server->stream.reset();
  });
  REQUIRE(bench.run_until([&] { return both.client->ended; }));
  CHECK(as_text(ByteView(both.client->received).last(16)) == "three last words");
}

TEST_CASE_TEMPLATE("a muted stream stays silent, then hears everything", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  both.server->stream->set_muted(true);
  both.client->stream->send(pieces(buffer_of(as_bytes("later"))));
  REQUIRE(bench.run_until([&] { return both.client->sent_count == 1; }));
  // A round trip the other way shows that time has passed.
  both.server->stream->send(pieces(buffer_of(as_bytes("now"))));
  REQUIRE(bench.run_until([&] { return both.client->received.size() == 3; }));
  CHECK(both.server->readable_count == 0);
  both.server->stream->set_muted(false);
  CHECK(both.server->readable_count == 0);
  REQUIRE(bench.run_until([&] { return as_text(both.server->received) == "later"; }));
}

TEST_CASE_TEMPLATE("on_readable repeats until everything is read, and a read of nothing takes nothing", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  both.server->on_readable_hook = [&] {
    CHECK(both.server->stream->read({})->size_bytes == 0);
    if (both.server->readable_count > 5) both.server->take(3);
  };
  both.client->stream->send(pieces(buffer_of(as_bytes("in small pieces"))));
  REQUIRE(bench.run_until([&] { return both.server->received.size() == 15; }));
  CHECK(as_text(both.server->received) == "in small pieces");
  Bytes space(10);
  const auto nothing = both.server->stream->read(space);
  CHECK(nothing->size_bytes == 0);
  CHECK(!nothing->end);
}

TEST_CASE_TEMPLATE("closing sends what the kernel has, then the end", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  both.server->stream->send(pieces(buffer_of(as_bytes("last words"))));
  REQUIRE(bench.run_until([&] { return both.server->sent_count == 1; }));
  both.server->stream.reset();
  REQUIRE(bench.run_until([&] { return both.client->ended; }));
  CHECK(as_text(both.client->received) == "last words");
  CHECK(!both.client->broken);
}

TEST_CASE_TEMPLATE("sending to a peer that has gone breaks the connection once", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  both.server->stream.reset();
  REQUIRE(bench.run_until([&] { return both.client->ended; }));
  const auto keep_sending = [&] {
    both.client->stream->send(pieces(Buffer(1000)));
    return both.client->broken.has_value();
  };
  REQUIRE(bench.run_until(keep_sending));
  CHECK(both.client->broken->code == ErrorCode::kNetworkException);
  CHECK(both.client->stream->queued_bytes() == 0);
  both.client->stream->send(pieces(Buffer(1000)));
  CHECK(both.client->stream->queued_bytes() == 0);
  Bytes space(10);
  CHECK(!both.client->stream->read(space));
}

TEST_CASE_TEMPLATE("closing with received bytes unread resets the connection", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  both.server->on_readable_hook = [&] { both.server->stream.reset(); };
  both.client->stream->send(pieces(Buffer(1000)));
  REQUIRE(bench.run_until([&] { return both.client->broken.has_value(); }));
  CHECK(both.client->broken->code == ErrorCode::kNetworkException);
}

TEST_CASE_TEMPLATE("a slice longer than its file breaks the connection", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  const FileHandle file = file_of(bench, noise(1000));
  both.server->stream->send(pieces(FileSlice{file, 0, 1001}));
  REQUIRE(bench.run_until([&] { return both.server->broken.has_value(); }));
  CHECK(both.server->broken->code == ErrorCode::kKafkaStorageError);
  both.server->stream.reset();
  REQUIRE(bench.run_until([&] { return both.client->ended || both.client->broken; }));
  CHECK(both.client->received.size() <= 1000);
}

TEST_CASE_TEMPLATE("a stream may be destroyed from inside each of its events", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> readable(bench);
  Connected<Bench> sent(bench);
  readable.client->stream->send(pieces(Buffer(10)));
  readable.server->on_readable_hook = [&] { readable.server->stream.reset(); };
  sent.server->stream->send(pieces(Buffer(10)));
  sent.server->on_sent_hook = [&] { sent.server->stream.reset(); };
  REQUIRE(bench.run_until([&] { return !readable.server->stream && !sent.server->stream; }));
  REQUIRE(bench.run_until([&] { return sent.client->ended; }));
}

TEST_CASE_TEMPLATE("an accepted connection may be handed to another loop", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& here = bench.host().loop(0);
  Loop& there = bench.host().loop(1);
  Door door(here);
  std::unique_ptr<Endpoint> client;
  std::unique_ptr<Endpoint> server;  // of loop 1
  here.connect(door.listener->local_address(), [&](Result<std::unique_ptr<Stream>> made) {
    client = std::make_unique<Endpoint>(std::move(made).value());
    client->stream->send(pieces(buffer_of(as_bytes("hello"))));
  });
  REQUIRE(bench.run_until([&] { return !door.accepted.empty(); }));
  there.post([&, accepted = std::move(door.accepted.back())]() mutable {
    server = std::make_unique<Endpoint>(there.adopt(std::move(accepted), -1, -1));
    server->on_readable_hook = [&] {
      server->take(100);
      server->stream->send(pieces(buffer_of(server->received)));
    };
  });
  REQUIRE(bench.run_until([&] { return client && as_text(client->received) == "hello"; }));
}

TEST_CASE_TEMPLATE("a refused or unknown address is told to who connects, later", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  SocketAddress closed;
  {
    const Door door(loop);
    closed = door.listener->local_address();
  }
  std::vector<Error> failures;
  const auto keep = [&](Result<std::unique_ptr<Stream>> made) {
    CHECK(!made);
    failures.push_back(made.error());
  };
  loop.connect(closed, keep);
  loop.connect({"no-such-host.invalid", 9092}, keep);
  CHECK(failures.empty());
  REQUIRE(bench.run_until([&] { return failures.size() == 2; }));
  CHECK(failures[0].code == ErrorCode::kNetworkException);
  CHECK(failures[1].code == ErrorCode::kNetworkException);
  CHECK(!failures[0].message.empty());
}

TEST_CASE_TEMPLATE("connections to localhost find a listener on every interface", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  const Door door(loop, {"", 0});
  const std::uint16_t port = door.listener->local_address().port;
  CHECK(port != 0);
  std::vector<std::unique_ptr<Stream>> made;
  const auto keep = [&](Result<std::unique_ptr<Stream>> one) {
    CHECK_MESSAGE(one, (one ? "" : one.error().message));
    if (one) made.push_back(std::move(*one));
  };
  loop.connect({"localhost", port}, keep);
  loop.connect({"127.0.0.1", port}, keep);
  REQUIRE(bench.run_until([&] { return made.size() == 2 && door.accepted.size() == 2; }));
  for (const auto& one : door.accepted)
    CHECK(one->peer_address().host == "127.0.0.1");
}

TEST_CASE_TEMPLATE("a port in use cannot be listened on", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  Door door(loop);
  const auto second = loop.listen(door.listener->local_address(), 50, &door);
  REQUIRE(!second);
  CHECK(second.error().code == ErrorCode::kNetworkException);
}

TEST_CASE_TEMPLATE("a paused listener leaves connections waiting, and what they sent", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  Door door(loop);
  door.listener->set_paused(true);
  std::unique_ptr<Endpoint> client;
  loop.connect(door.listener->local_address(), [&](Result<std::unique_ptr<Stream>> made) {
    client = std::make_unique<Endpoint>(std::move(made).value());
    client->stream->send(pieces(buffer_of(as_bytes("early"))));
  });
  REQUIRE(bench.run_until([&] { return client && client->sent_count == 1; }));
  CHECK(door.accepted.empty());
  door.listener->set_paused(false);
  REQUIRE(bench.run_until([&] { return !door.accepted.empty(); }));
  Endpoint server(loop.adopt(std::move(door.accepted.back()), -1, -1));
  REQUIRE(bench.run_until([&] { return as_text(server.received) == "early"; }));
}

TEST_CASE_TEMPLATE("a connection nobody adopts is closed", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Connected<Bench> both(bench);
  std::unique_ptr<Endpoint> client;
  bench.host().loop(0).connect(both.door.listener->local_address(),
                               [&](Result<std::unique_ptr<Stream>> made) {
                                 client = std::make_unique<Endpoint>(std::move(made).value());
                               });
  both.door.accepted.clear();
  REQUIRE(bench.run_until([&] { return client && !both.door.accepted.empty(); }));
  both.door.accepted.clear();
  REQUIRE(bench.run_until([&] { return client->ended; }));
}

TEST_CASE_TEMPLATE("many connections at once each keep their own bytes", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  Door door(loop);
  std::vector<std::unique_ptr<Endpoint>> clients;
  std::vector<std::unique_ptr<Endpoint>> servers;
  for (std::uint32_t i = 0; i < 100; ++i) {
    loop.connect(door.listener->local_address(), [&, i](Result<std::unique_ptr<Stream>> made) {
      clients.push_back(std::make_unique<Endpoint>(std::move(made).value()));
      clients.back()->stream->send(pieces(buffer_of(noise(3000, i))));
    });
  }
  const auto adopt_all = [&] {
    for (auto& accepted : door.accepted) {
      servers.push_back(std::make_unique<Endpoint>(loop.adopt(std::move(accepted), -1, -1)));
    }
    door.accepted.clear();
    return servers.size() == 100 &&
           std::ranges::all_of(servers, [](const auto& each) { return each->received.size() == 3000; });
  };
  REQUIRE(bench.run_until(adopt_all));
  std::vector<Bytes> expected;
  std::vector<Bytes> received;
  for (std::uint32_t i = 0; i < 100; ++i) {
    expected.push_back(noise(3000, i));
    received.push_back(servers[i]->received);
  }
  std::ranges::sort(expected);
  std::ranges::sort(received);
  CHECK((received == expected));
}

TEST_CASE_TEMPLATE("connection attempts under way end with the host", Bench, MOLDAU_IO_BENCHES) {
  auto owned = std::make_shared<int>(1);
  {
    Bench bench;
    bool turned = false;
    for (const char* host : {"127.0.0.1", "some-name.invalid", "192.0.2.1"}) {
      bench.host().loop(0).connect({host, 9}, [owned](const Result<std::unique_ptr<Stream>>&) {});
    }
    bench.host().loop(0).post([&] { turned = true; });
    REQUIRE(bench.run_until([&] { return turned; }));
  }
  CHECK(owned.use_count() == 1);
}
