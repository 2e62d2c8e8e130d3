"""Two nodes, MirrorMaker 2 between them, and what has to be on both in the end."""
import argparse
import contextlib
import os
import pathlib
import shlex
import subprocess
import tempfile
import time

import node
from connection import free_port
from properties import write_properties

_JAVA = shlex.split(os.environ["JAVA"])
_PATIENCE_S = 900
_TOPIC = "records"
_PARTITIONS, _MORE_PARTITIONS = 4, 5
# How many hundredths each group has read.
_GROUPS = ("group-10", "group-50", "group-100")
_MIRROR = {
    "clusters": "left,right", "left->right.enabled": "true", "right->left.enabled": "true", "topics": _TOPIC, "tasks.max": 2,
    "replication.factor": 1, "checkpoints.topic.replication.factor": 1, "heartbeats.topic.replication.factor": 1,
    "offset-syncs.topic.replication.factor": 1, "offset.storage.replication.factor": 1, "status.storage.replication.factor": 1,
    "config.storage.replication.factor": 1, "offset.storage.partitions": 2, "status.storage.partitions": 2,
    "exactly.once.source.support": "enabled", "dedicated.mode.enable.internal.rest": "true",
    "refresh.topics.interval.seconds": 1, "refresh.groups.interval.seconds": 1, "sync.topic.configs.interval.seconds": 1,
    # Each record's place on the other side is known, and so that of a group which has read all.
    "offset.lag.max": 0, "emit.checkpoints.interval.seconds": 1, "sync.group.offsets.enabled": "true",
    "sync.group.offsets.interval.seconds": 1, "offset.flush.interval.ms": 500}


class _Apache(node.Node):
    """Apache Kafka, whatever the other node is."""

    def command(self):
        return [*_JAVA, "-Xmx512m", "kafka.Kafka", self.properties]


def _java(*arguments):
    """A program of src/; AssertionError with its words where it fails."""
    done = subprocess.run([*_JAVA, *map(str, arguments)], capture_output=True, text=True, timeout=_PATIENCE_S)
    if done.returncode != 0:
        raise AssertionError(f"{arguments[0]} has status {done.returncode}: {(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


class _Mirror:
    """MirrorMaker 2, within its block."""

    def __init__(self, folder, left, right):
        self._log = folder / "mirror.log"
        self._properties = write_properties(folder / "mirror.properties", _MIRROR | {
            "left.bootstrap.servers": left, "right.bootstrap.servers": right, "listeners": f"http://127.0.0.1:{free_port()}"})

    def __enter__(self):
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen([*_JAVA, "-Xmx768m", "org.apache.kafka.connect.mirror.MirrorMaker", self._properties],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()

def _sides(left, right):
    """Source and target of each way, and the name that the copy has."""
    return (left, right, f"left.{_TOPIC}"), (right, left, f"right.{_TOPIC}")


def _fill(sides, partitions, first, end):
    for source, _, _ in sides:
        _java("Fill", source, _TOPIC, partitions, first, end)


def _run(folder, records):
    began = time.monotonic()

    def say(what):
        print(f"{time.monotonic() - began:6.1f} s: {what}", flush=True)

    with contextlib.ExitStack() as stack:
        left = stack.enter_context(node.Node(folder / "left")).address
        right = stack.enter_context(_Apache(folder / "right")).address
        sides = _sides(left, right)
        first = records * 9 // 10
        _fill(sides, _PARTITIONS, 0, first)
        for source, _, _ in sides:
            _java("Groups", source, _TOPIC, first, *_GROUPS[:-1])
        say("filled, and groups have read a part")
        stack.enter_context(_Mirror(folder, left, right))
        for source, target, copy in sides:
            _java("Compare", source, _TOPIC, target, copy, first)
        say("mirrored")
        _fill(sides, _MORE_PARTITIONS, first, records)
        for source, _, _ in sides:
            _java("Groups", source, _TOPIC, records, _GROUPS[-1])
        say("filled further, into one partition more")
        for source, target, copy in sides:
            _java("Compare", source, _TOPIC, target, copy, records, *_GROUPS)
    print(f"ok: {records} records and {len(_GROUPS)} groups of each side, exact on the other, {time.monotonic() - began:.0f} s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _run(pathlib.Path(folder), options.records)


if __name__ == "__main__":
    main()
