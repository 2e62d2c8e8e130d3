"""The program as those who start it in their builds meet it."""
import os
import pathlib
import re
import subprocess

import process
import records
from client import Client
from node import MOLDAU, Node, PlainNode, needs_moldau
from waiting import Skip, equal, needs, until

_STARTS = 30
_LONGEST_START_S = 2.0
_MOST_IDLE_KIB = 32 << 10


def _has_sanitizer():
    return b"__asan_init" in pathlib.Path(MOLDAU).read_bytes()


def starts_each_time(folder):
    """Start after start, on nothing, behind a stop, behind a kill: each is ready soon, and whoever comes then is served."""
    slowest_s = 0.0
    for turn in range(_STARTS):
        with PlainNode(folder / str(turn // 3)) as node:
            slowest_s = max(slowest_s, node.start_s)
            with Client(node.address) as client:
                if turn % 3 == 0:
                    client.create_topic("t")
                equal(client.produce("t", records.batch([b"x"])), turn % 3, f"offset in start {turn}")
            if turn % 3 == 0:
                node.stop()
    if slowest_s > _LONGEST_START_S and not _has_sanitizer():
        raise AssertionError(f"a start took {slowest_s:.1f} s")


# tzcnt is missing: processors that do not know it take it for bsf, which compilers make use of.
_NEWER = re.compile(r"^\s+[0-9a-f]+:\s+"
                    r"(v[a-z0-9]+\s.*%[xyz]mm\d+|crc32[bwlq]?|popcnt|pshufb|aesenc|lzcnt|andn|bextr|sarx|shlx|shrx)\b")


def plain_instructions(folder):
    """The program has no instruction that the oldest 64-bit processors lack; libraries choose theirs when they run."""
    del folder
    needs_moldau()
    needs("objdump")
    if os.uname().machine != "x86_64":
        raise Skip("not x86_64")
    listing = subprocess.Popen(["objdump", "-d", "--no-show-raw-insn", MOLDAU], text=True, stdout=subprocess.PIPE)
    found = [line.strip() for line in listing.stdout if _NEWER.match(line)]
    equal(listing.wait(), 0, "objdump's status")
    equal(found[:3], [], f"{len(found)} instructions")


def little_memory(folder):
    """A node asks the kernel for nothing rare, such as slots for asynchronous calls to the disk, and takes little memory."""
    needs_moldau()

    def slots():
        return int(pathlib.Path("/proc/sys/fs/aio-nr").read_text(encoding="ascii"))
    before = slots()
    with Node(folder) as node, Client(node.address) as client:
        client.create_topic("t", 10)
        client.produce("t", records.batch([b"x" * 1000] * 100))
        equal(slots(), before, "slots for asynchronous calls")
        if not _has_sanitizer():
            resident_kib, = process.Process(node.pid).numbers("smaps_rollup", "Rss")
            if resident_kib > _MOST_IDLE_KIB:
                raise AssertionError(f"{resident_kib} KiB are resident")


def copied_folder_is_served(folder):
    """The folder of a stopped node, copied, is the same node elsewhere: commits are there, and records of topics that keep them,
    however old, while those of others go in their time."""
    old = [b"from years ago"] * 5
    with Node(folder / "first") as node:
        with Client(node.address) as client:
            client.create_topic("kept", retention_ms=-1)
            client.create_topic("other")
            for topic in ("kept", "other"):
                for value in old:
                    client.produce(topic, records.batch([value]))
            client.commit("g", "kept", 3)
        node.stop()
        (folder / "second").mkdir()
        node.copy_to(folder / "second")
    retention = {"log_retention_check_interval_ms": 100, "log_initial_task_delay_ms": 100, "log_retention_ms": 1000}
    with Node(folder / "second", **retention) as node, Client(node.address) as client:
        until(lambda: client.start_offset("other") == len(old), "old records of the other topic are gone")
        got = [(record.offset, record.value) for record in records.stored(client.fetch("kept", 0))]
        equal(got, list(enumerate(old)), "records")
        client.find_coordinator("g")
        equal(client.committed("g", "kept"), 3, "the commit")


TESTS = (starts_each_time, plain_instructions, little_memory, copied_folder_is_served)
