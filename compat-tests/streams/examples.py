"""Runs applications of Kafka Streams in two instances while processes are killed, and has their results judged."""
import argparse
import contextlib
import pathlib
import random
import tempfile
import time

import queries
from connection import free_port
from killing import kill_one
from node import Node
from program import Program
from waiting import until

# So long the results may stand still: the session and the transaction of a killed instance have to time out first.
_PATIENCE_S = 180
_INSTANCES = 2
_PROTOCOLS = ("classic", "streams")
# Of each example how many records go in, and how many processes are killed meanwhile.
_SIZES = {"word-count": (1_000_000, 20), "joins": (60_000, 6), "tables": (60_000, 6), "windows": (60_000, 6),
          "suppress": (60_000, 6), "queries": (60_000, 6)}
_CHECKS = {"queries": queries.check}
# The end of a run lets hours of its records' time pass.
_BEGAN_S_AGO = 12 * 3600
_SHORT_SESSIONS = {
    "group.streams.min.session.timeout.ms": 6000, "group.streams.session.timeout.ms": 6000,
    "group.streams.min.heartbeat.interval.ms": 1000, "group.streams.heartbeat.interval.ms": 1000}


class _Instance(Program):
    def __init__(self, folder, index, address, example, began_ms, protocol, guarantee):
        self.address = f"127.0.0.1:{free_port()}"
        super().__init__(folder / f"instance-{index}", "Application", address, example, began_ms, folder / f"state-{index}",
                         protocol, guarantee, self.address.rpartition(":")[2])


class _Run:
    """All processes of a run."""

    def __init__(self, stack, folder, example, protocol, guarantee, records):
        began_ms = int(time.time() - _BEGAN_S_AGO) // 3600 * 3_600_000
        self.node = stack.enter_context(Node(folder, **_SHORT_SESSIONS))
        common = (self.node.address, example, began_ms)
        self._feed = stack.enter_context(Program(folder / "feed", "Feed", *common))
        self._orders = 0
        self._await_fed()
        self._judge = stack.enter_context(Program(folder / "judge", "Judge", *common, records))
        self.instances = [stack.enter_context(_Instance(folder, i, *common, protocol, guarantee)) for i in range(_INSTANCES)]

    def seen(self):
        """How many results there are; AssertionError where a program has failed."""
        for program in (self._feed, self._judge, *self.instances):
            program.has_ended()
        return (self._judge.numbers("seen") or [0])[-1]

    def feed(self, records):
        self._feed.tell(records)
        self._orders += 1

    def _await_fed(self):
        def is_fed():
            self._feed.has_ended()
            return len(self._feed.numbers("due")) > self._orders
        until(is_fed, "all that was fed is acknowledged", _PATIENCE_S)

    def await_due(self, more_than):
        """More results than there were, and all that are due."""
        self._await_fed()
        due = max(self._feed.numbers("due")[-1], more_than + 1)
        until(lambda: self.seen() >= due, f"{due} results are there", _PATIENCE_S)

    def await_verdict(self):
        """AssertionError where a result is missing, doubled or wrong."""
        self._feed.tell("end")
        until(lambda: self.seen() >= 0 and self._judge.has_ended(), "all results are there", _PATIENCE_S)


def _run(folder, example, protocol, records, kills, options):
    chance = random.Random(options.seed)
    guarantee = "at_least_once" if options.at_least_once else "exactly_once_v2"
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        run = _Run(stack, folder, example, protocol, guarantee, records)
        fed = records // 10
        run.feed(fed)
        run.await_due(0)
        for kills_left in range(kills, 0, -1):
            before = run.seen()
            part = (records - fed) // (kills_left + 1)
            run.feed(part)
            fed += part
            time.sleep(chance.uniform(0, 1))
            victim = kill_one(chance, run.node, run.instances)
            print(f"{time.monotonic() - began:6.1f} s: killed {victim}", end="", flush=True)
            run.await_due(before)
            print(f", all there at {time.monotonic() - began:6.1f} s", flush=True)
        before = run.seen()
        run.feed(records - fed)
        # Time may pass only when all is worked through: partitions of one task are read one before the other.
        run.await_due(before)
        run.await_verdict()
        if example in _CHECKS:
            _CHECKS[example](run.instances, records)
    print(f"ok: {example} by the {protocol} protocol: {records} records, {kills} kills, exact, "
          f"{time.monotonic() - began:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("example", nargs="*", help=f"of {', '.join(_SIZES)}; all if none is named")
    parser.add_argument("--protocol", choices=_PROTOCOLS, action="append", help="both if none is named")
    parser.add_argument("--records", type=int)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-least-once", action="store_true", help="what the judge has to find out")
    options = parser.parse_args()
    for example in options.example or _SIZES:
        records, kills = _SIZES[example]
        records = options.records or records
        kills = kills if options.kills is None else options.kills
        for protocol in options.protocol or _PROTOCOLS:
            with tempfile.TemporaryDirectory() as folder:
                _run(pathlib.Path(folder), example, protocol, records, kills, options)


if __name__ == "__main__":
    main()
