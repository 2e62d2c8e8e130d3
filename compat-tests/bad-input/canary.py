"""A client that behaves: writes a record, reads it back, the whole time, in a process of its own.

A line on standard input ends a stage and is answered by a line of JSON: how many records, the slowest answer in ms, and what
was wrong. It ends with its input.
"""
import json
import select
import struct
import sys
import time

import records
from connection import ask, connect, framed

TOPIC = b"canary"
_PAUSE_S = 0.004


def _text(value):
    return struct.pack(">h", len(value)) + value


def _request(key, version, body):
    return framed(struct.pack(">hhi", key, version, key) + _text(b"canary") + body)


def produce_request(topic, batch, acks=-1, partitions=(0,)):
    """Version 7: the last that is not flexible but one, and the first with zstd."""
    data = b"".join(struct.pack(">ii", index, len(batch)) + batch for index in partitions)
    return _request(0, 7, struct.pack(">hhii", -1, acks, 30000, 1) + _text(topic) + struct.pack(">i", len(partitions)) + data)


def produced(answer, topic):
    """Error code and offset of the answer's first partition."""
    return struct.unpack_from(">hq", answer, 4 + 4 + 2 + len(topic) + 4 + 4)


def fetch_request(topic, offset, max_bytes=1 << 20, max_wait_ms=500):
    head = struct.pack(">iiiibii", -1, max_wait_ms, 1, max_bytes, 0, 0, -1)
    partition = struct.pack(">iiqqi", 0, -1, offset, -1, max_bytes)
    return _request(1, 11, head + struct.pack(">i", 1) + _text(topic) + struct.pack(">i", 1) + partition + struct.pack(">ih", 0, 0))


def fetched(answer, topic):
    """Error code and records of an answer to one partition."""
    at = 4 + 4 + 2 + 4 + 4 + 2 + len(topic) + 4 + 4
    (code,) = struct.unpack_from(">h", answer, at)
    at += 2 + 8 + 8 + 8
    (aborted,) = struct.unpack_from(">i", answer, at)
    at += 4 + 16 * max(0, aborted) + 4
    (size,) = struct.unpack_from(">i", answer, at)
    return code, answer[at + 4:at + 4 + size]


class Canary:
    """Its stage ends with next_stage()."""

    def __init__(self, address):
        self._writes, self._reads = connect(address), connect(address)
        self._next = 0
        self._first_offset = None
        self._begin_stage()

    def _begin_stage(self):
        self._count, self._slowest_ms, self._wrong = 0, 0.0, []

    def next_stage(self):
        stage = {"records": self._count, "slowest_ms": round(self._slowest_ms), "wrong": self._wrong[:5]}
        self._begin_stage()
        return stage

    def _timed(self, connection, frame):
        begin = time.monotonic()
        answer = ask(connection, frame)
        self._slowest_ms = max(self._slowest_ms, 1000 * (time.monotonic() - begin))
        return answer

    def turn(self):
        batch = records.batch([b"canary %d" % self._next])
        code, offset = produced(self._timed(self._writes, produce_request(TOPIC, batch)), TOPIC)
        if self._first_offset is None:
            self._first_offset = offset
        if code != 0 or offset != self._first_offset + self._next:
            self._wrong.append(f"record {self._next}: error {code}, offset {offset}")
        code, read = fetched(self._timed(self._reads, fetch_request(TOPIC, offset)), TOPIC)
        if code != 0 or read[16:] != batch[16:] or read[:8] != struct.pack(">q", offset):
            self._wrong.append(f"record {self._next} at {offset}: error {code}, {len(read)} bytes of other records")
        self._next += 1
        self._count += 1


def main(address):
    canary = Canary(address)
    while True:
        try:
            canary.turn()
        except (OSError, struct.error) as error:
            print(json.dumps({"records": 0, "slowest_ms": 0, "wrong": [f"{type(error).__name__}: {error}"]}), flush=True)
            return
        if select.select([sys.stdin], [], [], _PAUSE_S)[0]:
            if not sys.stdin.readline():
                return
            print(json.dumps(canary.next_stage()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
