"""Counts words in two instances of a Streams application while processes are killed, and has the counts judged."""
import argparse
import contextlib
import os
import pathlib
import random
import shlex
import subprocess
import tempfile
import time

from node import Node
from waiting import until

_JAVA = shlex.split(os.environ["JAVA"])
# So long the counting may stand still: the session and the transaction of a killed instance have to time out first.
_PATIENCE_S = 180
_INSTANCES = 2
_PROTOCOLS = ("classic", "streams")
_SHORT_SESSIONS = {
    "group.streams.min.session.timeout.ms": 6000, "group.streams.session.timeout.ms": 6000,
    "group.streams.min.heartbeat.interval.ms": 1000, "group.streams.heartbeat.interval.ms": 1000}


class _Program:
    """A program of src/ whose output goes to a file; killed at the end of its block."""

    def __init__(self, output, name, *arguments):
        self.name = output.name
        self._output, self._command = output, [*_JAVA, name, *map(str, arguments)]
        self._process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self):
        with open(self._output, "ab") as output:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=output, stderr=output, text=True)

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()

    def tell(self, line):
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def has_ended(self):
        """AssertionError with the end of its output where it failed."""
        if self._process.poll() not in (None, 0):
            raise AssertionError(f"{self.name} has status {self._process.returncode}: {self._text()[-3000:]}")
        return self._process.poll() == 0

    def last_number(self, word):
        """The number behind the word in the last line that begins with it; 0 before there is one."""
        numbers = [line.split()[1] for line in self._text().splitlines() if line.startswith(f"{word} ")]
        return int(numbers[-1]) if numbers else 0

    def _text(self):
        return self._output.read_text(encoding="utf-8", errors="replace")


class _Counting:
    """All processes of a run."""

    def __init__(self, node, instances, feed, judge):
        self._node, self._instances, self._feed, self._judge = node, instances, feed, judge

    def seen(self):
        """How many words are counted; AssertionError where a program has failed."""
        for program in (self._feed, self._judge, *self._instances):
            program.has_ended()
        return self._judge.last_number("seen")

    def feed(self, words):
        self._feed.tell(words)

    def await_count(self, wanted):
        until(lambda: self.seen() >= wanted, f"{wanted} words are counted", _PATIENCE_S)

    def await_verdict(self):
        """AssertionError where a word was counted twice or not at all."""
        until(self._judge.has_ended, "all words are counted", _PATIENCE_S)

    def kill_one(self, chance):
        """The broker or an instance, which then starts again; its name."""
        victim = chance.choice([self._node, *self._instances])
        victim.kill()
        time.sleep(chance.uniform(0, 1))
        victim.start()
        return "broker" if victim is self._node else victim.name


def _open_programs(stack, folder, node, protocol, records):
    def program(output, *command):
        return stack.enter_context(_Program(folder / output, *command))

    until(program("create", "Words", "create", node.address).has_ended, "topics")
    feed = program("feed", "Words", "feed", node.address)
    judge = program("judge", "Words", "judge", node.address, records)
    instances = [program(f"instance-{i}", "WordCount", node.address, folder / f"state-{i}", protocol)
                 for i in range(_INSTANCES)]
    return _Counting(node, instances, feed, judge)


def _count(folder, protocol, options):
    chance = random.Random(options.seed)
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        node = stack.enter_context(Node(folder, **_SHORT_SESSIONS))
        counting = _open_programs(stack, folder, node, protocol, options.records)
        counting.feed(options.records // 10)
        counting.await_count(options.records // 10)
        fed = options.records // 10
        for kills_left in range(options.kills, 0, -1):
            part = (options.records - fed) // (kills_left + 1)
            counting.feed(part)
            fed += part
            time.sleep(chance.uniform(0, 1))
            victim = counting.kill_one(chance)
            print(f"{time.monotonic() - began:6.1f} s: killed {victim}", end="", flush=True)
            counting.await_count(fed)
            print(f", all counted at {time.monotonic() - began:6.1f} s", flush=True)
        counting.feed(options.records - fed)
        counting.await_verdict()
    print(f"ok: {options.records} words counted exactly once by the {protocol} protocol, {options.kills} kills, "
          f"{time.monotonic() - began:.0f} s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--protocol", choices=_PROTOCOLS, action="append", help="both if none is named")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for protocol in options.protocol or _PROTOCOLS:
        with tempfile.TemporaryDirectory() as folder:
            _count(pathlib.Path(folder), protocol, options)


if __name__ == "__main__":
    main()
