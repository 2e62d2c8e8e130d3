"""Abuse of frames and connections: sizes that cannot be, halves that stay halves, bytes that trickle, nobody who reads."""
import contextlib
import select
import socket
import struct
import time

from broker import MIB, PeakGrowth
from canary import fetch_request, produce_request, produced
from client import api_versions
from connection import LARGEST_FRAME, ask, connect, read_answer
from records import batch

_HUGE = (1 << 31) - 1
_CLOSED_WITHIN_S = 5.0
_TRICKLE_S = 20
_ANNOUNCED = 100_000_000
_SILENT = 200
_NO_READERS = 16
_CONNECTIONS = 3000
# What the broker may hold of a frame whose beginning is all that came (src/net/frame_reader.h), and of answers that
# nobody takes: its own queue, one answer more, and what the kernel's buffers do not count.
_MOST_PER_SILENT_BYTES = 100 * 1024
_MOST_PER_NO_READER_BYTES = 4 * MIB


def is_closed(connection, within_s):
    """Whether the broker closes, without a word, within that time."""
    deadline = time.monotonic() + within_s
    while select.select([connection], [], [], max(0.0, deadline - time.monotonic()))[0]:
        try:
            if not connection.recv(4096):
                return True
        except ConnectionResetError:
            return True
    return False


class Frames:
    def __init__(self, addresses, process, report):
        self._addresses, self._process, self._report = addresses, process, report

    def run(self):
        for address in self._addresses:
            self._impossible_sizes(address)
            self._empty_frame(address)
            self._impossible_behind_good(address)
        silent = self._silent_halves()
        self._trickle()
        self._many_connections()
        with silent:
            self._announced_stay_open(silent)
        self._nobody_reads()

    def _count(self, cases=1):
        self._report.counts["cases"] += cases

    def _wrong(self, text):
        self._report.complain("wrong", f"frames: {text}")

    def _impossible_sizes(self, address):
        for size in (-1, -2, -_HUGE - 1, _HUGE, _HUGE - 1, LARGEST_FRAME + 1):
            for behind in (b"", bytes(64)):
                self._count()
                with connect(address) as connection:
                    connection.sendall(struct.pack(">i", size) + behind)
                    if not is_closed(connection, _CLOSED_WITHIN_S):
                        self._report.complain("hangs", f"frames: the connection of a frame of {size} bytes stays open")

    def _empty_frame(self, address):
        self._count()
        with connect(address) as connection:
            connection.sendall(bytes(4))
            if not is_closed(connection, _CLOSED_WITHIN_S):
                self._report.complain("hangs", "frames: the connection of an empty frame stays open")

    def _impossible_behind_good(self, address):
        """Such a size together with a request that is in order, and more bytes once that is answered."""
        for size in (-1, -_HUGE - 1, _HUGE, LARGEST_FRAME + 1):
            self._count()
            with connect(address) as connection, contextlib.suppress(ConnectionError):
                ask(connection, api_versions(1) + struct.pack(">i", size) + bytes(10))
                for _ in range(5):
                    connection.sendall(bytes(200_000))
                    time.sleep(0.02)
                if not is_closed(connection, _CLOSED_WITHIN_S):
                    self._report.complain("hangs", f"frames: a frame of {size} bytes behind a good one keeps its connection")

    def _silent_halves(self):
        """Connections that announce a large frame, send its beginning, and nothing more; they stay as they are."""
        silent = contextlib.ExitStack()
        silent.connections = []
        beginning = struct.pack(">i", _ANNOUNCED) + api_versions(1)[4:] + bytes(1000)
        with PeakGrowth(self._process) as growth:
            for _ in range(_SILENT):
                connection = silent.enter_context(connect(self._addresses[0]))
                connection.sendall(beginning)
                silent.connections.append(connection)
            time.sleep(1)
            self._still_serves("beside frames that were only announced")
        self._count(_SILENT)
        self._report.figure(f"frames: {_SILENT} halves of frames of {_ANNOUNCED} bytes, {growth.bytes / MIB:+.2f} MiB")
        self._report.memory(f"{_SILENT} halves of frames", growth.bytes)
        if self._process.measures and growth.bytes > _SILENT * _MOST_PER_SILENT_BYTES:
            self._wrong(f"{_SILENT} announced frames cost {growth.bytes} bytes")
        return silent

    def _still_serves(self, where):
        try:
            with connect(self._addresses[0], 5.0) as connection:
                ask(connection, api_versions(1))
        except OSError as error:
            self._report.complain("disturbed", f"frames: a new client {where}: {error}")

    def _announced_stay_open(self, silent):
        """Nothing says yet that the rest will not come; then they are cut off, half of them hard."""
        closed = sum(is_closed(connection, 0) for connection in silent.connections)
        if closed:
            self._wrong(f"{closed} connections with half a frame were closed")
        for connection in silent.connections[::2]:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _trickle(self):
        """A byte a second, on both listeners, and an answer at the end of it."""
        frame = api_versions(7) + api_versions(8)
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(connect(address)) for address in self._addresses for _ in range(10)]
            for at in range(_TRICKLE_S - 1):
                for connection in connections:
                    connection.sendall(frame[at:at + 1])
                time.sleep(1)
            for connection in connections:
                self._count()
                connection.sendall(frame[_TRICKLE_S - 1:])
                answers = [read_answer(connection)[:4] for _ in range(2)]
                if answers != [struct.pack(">i", 7), struct.pack(">i", 8)]:
                    self._wrong(f"answers {answers} to bytes that trickled")

    def _many_connections(self):
        """Opened and closed at once: without a word, in the middle of a frame, and by a reset."""
        descriptors = self._process.descriptors()
        for i in range(_CONNECTIONS):
            with connect(self._addresses[i % len(self._addresses)]) as connection:
                if i % 3 > 0:
                    connection.sendall(api_versions(1)[:9])
                if i % 3 > 1:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._count(_CONNECTIONS)
        deadline = time.monotonic() + _CLOSED_WITHIN_S
        while self._process.descriptors() > descriptors + 8:
            if time.monotonic() > deadline:
                self._wrong(f"{self._process.descriptors() - descriptors} descriptors are left of closed connections")
                break
            time.sleep(0.05)
        self._still_serves("behind many connections")

    def _nobody_reads(self):
        """Requests for a megabyte each, as many as the broker takes, whose answers stay where they are."""
        topic = b"victim"
        with connect(self._addresses[0]) as connection:
            answer = ask(connection, produce_request(topic, batch([b"x" * 1_000_000])))
        code, offset = produced(answer, topic)
        if code != 0:
            self._wrong(f"a record of a megabyte: error {code}")
        request = fetch_request(topic, offset, max_bytes=2 << 20) * 50
        with contextlib.ExitStack() as stack, PeakGrowth(self._process) as growth:
            connections = [stack.enter_context(connect(self._addresses[0])) for _ in range(_NO_READERS)]
            for connection in connections:
                connection.setblocking(False)
            deadline = time.monotonic() + 5
            sent = 0
            while time.monotonic() < deadline and sent < 64 * MIB:
                _, writable, _ = select.select([], connections, [], 0.2)
                for connection in writable:
                    with contextlib.suppress(BlockingIOError):
                        sent += connection.send(request)
        self._count(_NO_READERS)
        self._report.figure(f"frames: {_NO_READERS} clients sent {sent / MIB:.1f} MiB of requests and took no answer, "
                            f"{growth.bytes / MIB:+.2f} MiB")
        self._report.memory(f"{_NO_READERS} that do not read", growth.bytes)
        if self._process.measures and growth.bytes > _NO_READERS * _MOST_PER_NO_READER_BYTES:
            self._wrong(f"{_NO_READERS} clients that do not read cost {growth.bytes} bytes")
        self._still_serves("behind clients that did not read")
