"""Events of a driver, and the content of records: the same as src/drive/Recorder.java and Payload.java."""
import json
import random
import struct
import threading
import time
import zlib

HEADER = "v"
_SMALL = 200
_VALUE_BITS = 40


class Recorder:
    """Writes events to a file, each with one write, so that what was recorded outlives the process."""

    def __init__(self, path):
        self._file = open(path, "wb", buffering=0)
        self._lock = threading.Lock()

    def write(self, proc, kind, function, **fields):
        event = {"t": time.monotonic_ns(), "proc": proc, "type": kind, "f": function, **fields}
        line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            self._file.write(line)


def payload(value):
    chance = random.Random(value)
    return struct.pack(">q", value) + chance.randbytes(chance.randrange(_SMALL))


def value_of(content, headers):
    """-1 if none can be told."""
    found = content if content is not None else dict(headers or []).get(HEADER)
    return struct.unpack(">q", found[:8])[0] if found is not None and len(found) >= 8 else -1


def digest(timestamp_ms, key, content, headers):
    parts = [struct.pack(">q", timestamp_ms)]
    for part in (key, content):
        parts.append(struct.pack(">i", -1 if part is None else len(part)) + (part or b""))
    for name, value in headers or []:
        parts.append(name.encode() + struct.pack(">i", -1 if value is None else len(value)) + (value or b""))
    return zlib.crc32(b"".join(parts))


class Proc:
    """Names events and values as those of one thread."""

    def __init__(self, recorder, number):
        self._recorder, self._number, self._values = recorder, number, 0

    def event(self, kind, function, **fields):
        self._recorder.write(self._number, kind, function, **fields)

    def next_value(self):
        self._values += 1
        return self._number << _VALUE_BITS | self._values
