"""Records, their offsets, and what becomes of deleted keys."""
import subprocess
import threading
import time

import records
from client import Client
from node import Node
from waiting import equal, needs, until

_CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
_PER_BATCH = 10


def _batch_of(values, codec):
    block = b"".join(records.record(value, i) for i, value in enumerate(values))
    return records.sealed(block if codec == "none" else records.BLOCKS[codec](block, 0, b""), len(values), codec)


def _read_by_kcat(address, topic, offset):
    done = subprocess.run(["kcat", "-q", "-b", address, "-C", "-t", topic, "-p", "0", "-o", str(offset), "-e", "-f", "%o %s\n"],
                          capture_output=True, text=True, timeout=60)
    equal(done.returncode, 0, f"kcat's status ({done.stderr})")
    return done.stdout.splitlines()


def fetch_within_batch(folder):
    """A fetch from the middle of a batch has the whole of it, however little is asked for, and a client reads the rest."""
    needs("kcat")
    with Node(folder) as node, Client(node.address) as client:
        for codec in _CODECS:
            client.create_topic(codec)
            values = [f"{codec}-{i}" for i in range(3 * _PER_BATCH)]
            for first in range(0, len(values), _PER_BATCH):
                batch = _batch_of([value.encode() for value in values[first:first + _PER_BATCH]], codec)
                equal(client.produce(codec, batch), first, f"offset of a batch of {codec}")
            for offset in range(len(values)):
                for max_bytes in (1, 1 << 20):
                    first = next(records.headers_of(client.fetch(codec, offset, max_bytes=max_bytes)), None)
                    begin = offset - offset % _PER_BATCH
                    equal(first and first[:2], (begin, begin + _PER_BATCH), f"batch of {codec} fetched at {offset}")
            for offset in (5, 9, 10, 29):
                wanted = [f"{i} {value}" for i, value in enumerate(values) if i >= offset]
                equal(_read_by_kcat(node.address, codec, offset), wanted, f"records of {codec} read from {offset}")


def offsets_without_gaps(folder):
    """Records alone take offsets, whatever else happens to topic and node."""
    with Node(folder) as node:
        def produced(count):
            with Client(node.address) as client:
                client.await_topic("t")
                offsets = [client.produce("t", records.batch([b"x"])) for _ in range(count)]
                return offsets, client.end_offset("t")
        with Client(node.address) as client:
            client.create_topic("t")
            equal(client.end_offset("t"), 0, "end of a fresh topic")
            equal(produced(2), ([0, 1], 2), "offsets of the first records")
            client.alter_config(2, "t", retention_bytes=1 << 30)
            client.commit("g", "t", 1)
            equal(produced(1), ([2], 3), "offset behind an altered setting and a commit")
        node.stop()
        node.start()
        equal(produced(1), ([3], 4), "offset behind a clean restart")
        node.kill()
        node.start()
        equal(produced(1), ([4], 5), "offset behind a kill")
        with Client(node.address) as client:
            got = [record.offset for record in records.stored(client.fetch("t", 0))]
            equal(got, [0, 1, 2, 3, 4], "offsets that a reader sees")


_CLEANED = {"cleanup_policy": "compact", "min_cleanable_dirty_ratio": "0.0001", "segment_ms": 50, "min_compaction_lag_ms": 0}


def _write(client, topic, key, value):
    client.produce(topic, records.keyed_batch([(key, value)], int(1000 * time.time())))


def _write_until(client, topic, is_done, what):
    """A segment that is written to is not compacted: more has to come, as it does in life."""
    def turn():
        time.sleep(0.1)  # segment.ms
        _write(client, topic, b"other", b"other")
        return is_done()
    until(turn, what)


def tombstones_expire(folder):
    """A deleted key goes at once, its tombstone delete.retention.ms later and not before."""
    def left(client, topic):
        read, offset = [], 0
        while data := client.fetch(topic, offset):
            read += [record for record in records.stored(data) if record.offset >= offset]
            offset = max(end for _, end, _, _ in records.headers_of(data))
        return [record.value for record in read if record.key == b"deleted"]

    with Node(folder, log_cleaner_backoff_ms=50) as node, Client(node.address) as client:
        for topic, retention_ms in (("soon", 200), ("late", 3600 * 1000)):
            client.create_topic(topic, **_CLEANED, delete_retention_ms=retention_ms)
            _write(client, topic, b"deleted", b"value")
            _write(client, topic, b"deleted", None)
            equal(left(client, topic), [b"value", None], "what is there at first")
        _write_until(client, "late", lambda: left(client, "late") == [None], "the value of a deleted key is gone")
        _write_until(client, "soon", lambda: left(client, "soon") == [], "a tombstone is gone behind its time")
        end = client.end_offset("late")
        _write_until(client, "late", lambda: client.end_offset("late") > end + 20, "twenty records more")
        equal(left(client, "late"), [None], "a tombstone before its time")


_LOAD_S = 5


class _Load:
    """Producers, one partition each, and a client that asks the whole time for what must never go back."""

    def __init__(self, address, partitions):
        self._address, self._partitions = address, partitions
        self.acknowledged = [[] for _ in range(partitions)]
        self.wrong = []
        self.looks = 0

    def run(self):
        deadline = time.monotonic() + _LOAD_S
        threads = [threading.Thread(target=self._guarded, args=(self._produce, deadline, p)) for p in range(self._partitions)]
        threads.append(threading.Thread(target=self._guarded, args=(self._look, deadline)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _guarded(self, work, *arguments):
        try:
            with Client(self._address) as client:
                work(client, *arguments)
        except (AssertionError, OSError) as error:
            self.wrong.append(f"{work.__name__}: {error}")

    def _produce(self, client, deadline, partition):
        mine = self.acknowledged[partition]
        while time.monotonic() < deadline:
            value = b"%d-%d" % (partition, len(mine))
            mine.append((client.produce("t", records.batch([value]), partition), value))
            client.commit(f"g{partition}", "t", len(mine), partition)

    def _look(self, client, deadline):
        ends, commits = [0] * self._partitions, [0] * self._partitions
        while time.monotonic() < deadline:
            for partition in range(self._partitions):
                known = len(self.acknowledged[partition])
                end = client.end_offset("t", partition)
                committed = client.committed(f"g{partition}", "t", partition)
                if end < max(known, ends[partition]) or committed < max(known - 1, commits[partition]):
                    self.wrong.append(f"partition {partition}: end {end}, committed {committed} behind {known} acknowledged")
                ends[partition], commits[partition] = end, committed
                self.looks += 1


def nothing_goes_back(folder):
    """Under load, offsets that were listed or committed are never smaller later, and all that was acknowledged is read."""
    with Node(folder) as node, Client(node.address) as client:
        client.create_topic("t", 4)
        for partition in range(4):
            client.commit(f"g{partition}", "t", 0, partition)
        load = _Load(node.address, 4)
        load.run()
        equal(load.wrong[:3], [], "complaints")
        if load.looks < 20 or min(map(len, load.acknowledged)) < 20:
            raise AssertionError(f"{load.looks} looks, {list(map(len, load.acknowledged))} records show nothing")
        for partition, wanted in enumerate(load.acknowledged):
            equal([offset for offset, _ in wanted], list(range(len(wanted))), f"acknowledged offsets of {partition}")
            got = []
            while len(got) < len(wanted) and (data := client.fetch("t", len(got), partition)):
                got += [(record.offset, record.value) for record in records.stored(data) if record.offset >= len(got)]
            equal(got, wanted, f"records of {partition}")


TESTS = (fetch_within_batch, offsets_without_gaps, tombstones_expire, nothing_goes_back)
