"""What the Python clients share: the records they write, and a line for each check of checks.txt."""

import os
import sys
from collections import namedtuple
from contextlib import contextmanager

Record = namedtuple("Record", "partition offset timestamp key value headers")

BOOTSTRAP = os.environ.get("BOOTSTRAP", "")
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
COUNT = 300
BASE_MS = 1_700_000_000_000
MIDDLE_MS = BASE_MS + 100_500
MIDDLE_OFFSETS = [34, 34, 33]
COMMITTED = [10, 20, 30]
CREATED_CONFIG = {"segment.bytes": "1048576"}

_failed = []


def record(i):
    key = None if i % 5 == 0 else f"key-{i}".encode()
    value = None if key and i % 7 == 0 else f"value-{i}-{'x' * (i % 50)}".encode()
    headers = [("number", str(i).encode()), ("empty", b"")] if i % 2 == 0 else []
    return Record(i % 3, i // 3, BASE_MS + 1000 * i, key, value, headers)


def records(count=COUNT, first=0):
    """In the order of partitions."""
    return sorted((record(i) for i in range(first, count)), key=lambda r: (r.partition, r.offset))


@contextmanager
def check(name):
    """One line for what happens inside, and the program goes on."""
    try:
        yield
        print("ok", name, flush=True)
    except Exception as error:
        _failed.append(name)
        print(f"FAILED {name}: {' '.join(f'{type(error).__name__}: {error}'.split())[:400]}", flush=True)


def none(*names):
    for name in names:
        print("none", name, flush=True)


def equal(got, wanted, what="got"):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} in place of {wanted!r}")


def same_records(got, wanted):
    """Those of a partition have to be in order; partitions come in any."""
    got = sorted(got, key=lambda r: r.partition)
    for one, other in zip(got, wanted):
        equal(one, other, "record")
    equal(len(got), len(wanted), "records")


def check_fields(got):
    """The checks of single fields, of the records that were read from the topic without a codec."""
    fields = {"headers": "headers", "null-key": "key", "tombstone": "value", "timestamps": "timestamp"}
    by_place = {(r.partition, r.offset): r for r in got}
    for name, field in fields.items():
        with check(name):
            for wanted in records():
                place = wanted.partition, wanted.offset
                equal(getattr(by_place[place], field), getattr(wanted, field), f"{field} at {place}")


def run(phases):
    phases[sys.argv[1]]()
    finish()


def finish():
    sys.exit(1 if _failed else 0)
