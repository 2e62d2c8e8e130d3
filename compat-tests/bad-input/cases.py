"""Every version of every request, spoiled in 24 ways, each on a connection of its own."""
import random
import time
import typing

import mutations
from broker import MIB
from client import Exchange, api_versions
from connection import connect, framed
from messages import call, load_requests
from requests import Surroundings, make

_WARM_CASES = 500
_MOST_GROWTH_BYTES = MIB
_SOON_S = 1.0  # an answer that takes longer is awaited beside the next cases
_AT_LAST_S = 30.0
_GROUPS = 64
# A case of these may have made its own wait as long as it likes, on Apache Kafka too.
_MAY_WAIT = ("Fetch", "JoinGroup", "SyncGroup")
_FOLLOW_UP = 0x5A5A5A5A


class Case(typing.NamedTuple):
    api: object
    version: int
    is_controller: bool
    mutation: typing.Callable

    def name(self):
        place = "@controller" if self.is_controller else ""
        return f"{self.api.name}/{self.version}/{self.mutation.__name__}{place}"


def _all_versions():
    """Each with whether it goes to the controller's listener."""
    return [(api, version, listener == "controller") for api in load_requests()
            for version in range(api.lowest, api.highest + 1) for listener in api.listeners()]


def _all_cases(seed):
    """In an order drawn from the seed, but the largest first: what the allocator keeps of them is no growth of the others."""
    cases = [Case(*version, mutation) for version in _all_versions() for mutation in mutations.ALL]
    random.Random(seed).shuffle(cases)
    return sorted(cases, key=lambda case: case.mutation is not mutations.elements_repeated)


def _bytes_of(case, seed, number, topic_id):
    """What is sent: the spoiled request, and one that is in order behind it."""
    rng = random.Random(f"{seed} {case.name()}")
    surroundings = Surroundings(topic_id, f"group-{number % _GROUPS}", case.is_controller)
    request = make(case.api, case.version, rng, surroundings, number + 1)
    return mutations.mutate(case.mutation, rng, request) + api_versions(_FOLLOW_UP)


class _Run:
    def __init__(self, addresses, report):
        self._addresses, self._report = addresses, report
        self._waiting = []
        self.answered = self.closed = self.left_waiting = 0

    def send(self, case, sent):
        exchange = Exchange(self._addresses[case.is_controller], sent)
        if exchange.take(_SOON_S):
            self._judge(case, exchange)
        else:
            self._waiting.append((case, exchange))

    def _judge(self, case, exchange):
        self._report.counts["cases"] += 1
        fault = exchange.fault()
        if fault:
            self._report.complain("wrong", f"{case.name()}: {fault}; sent {exchange.sent[:200].hex()}")
        if exchange.received:
            self.answered += 1
        else:
            self.closed += 1

    def look_at_waiting(self, timeout_s=0.0):
        still = []
        deadline = time.monotonic() + timeout_s
        for case, exchange in self._waiting:
            if exchange.take(max(0.0, deadline - time.monotonic())):
                self._judge(case, exchange)
            else:
                still.append((case, exchange))
        self._waiting = still

    def finish(self):
        self.look_at_waiting(_AT_LAST_S)
        waiting, self._waiting = self._waiting, []
        for case, exchange in waiting:
            exchange.close()
            self._report.counts["cases"] += 1
            self.left_waiting += 1
            if case.api.name not in _MAY_WAIT:
                self._report.complain("hangs", f"{case.name()}: neither answered nor closed; sent {exchange.sent[:200].hex()}")


def _served(address):
    """Key to its lowest and highest version, as ApiVersions says."""
    with connect(address) as connection:
        answer = call(connection, "ApiVersions", 0, {})
    return {each["ApiKey"]: (each["MinVersion"], each["MaxVersion"]) for each in answer["ApiKeys"]}


def check_valid(addresses, report, seed, topic_id, when):
    """Each request is answered while it is whole: before the cases, else what became of its mutations would say little, and
    behind them, as none may have spoiled a topic or a group for others."""
    served = [_served(address) for address in addresses]
    count = 0
    for api, version, is_controller in _all_versions():
        lowest, highest = served[is_controller].get(api.key, (0, -1))
        if not lowest <= version <= highest:
            continue
        request = make(api, version, random.Random(seed), Surroundings(topic_id, f"valid-{count}", is_controller), 1)
        exchange = Exchange(addresses[is_controller], framed(request.payload) + api_versions(_FOLLOW_UP))
        fault = exchange.fault(wants_all=True) if exchange.take(_AT_LAST_S) else "nothing came back"
        count += 1
        if fault:
            report.complain("wrong", f"{api.name}/{version} as it should be, {when}: {fault}; sent {exchange.sent.hex()}")
    report.figure(f"cases: {count} versions are served, on two listeners, and answered as they should be {when}")


def _send_all(runner, process, report, cases, options, topic_id):
    """The process's own memory after the first cases; None if the broker has ended."""
    warm_bytes = process.own_bytes()
    for number, case in enumerate(cases):
        sent = _bytes_of(case, options.seed, number, topic_id)
        if number == _WARM_CASES:
            warm_bytes = process.own_bytes()
        try:
            runner.send(case, sent)
        except OSError as error:
            report.complain("hangs" if process.runs() else "crashes", f"{case.name()}: {error}; sent {sent[:200].hex()}")
        if not process.runs():
            report.complain("crashes", f"{case.name()}, or the one before it; sent {sent[:200].hex()}")
            return None
        if number % 50 == 49:
            runner.look_at_waiting()
    runner.finish()
    return warm_bytes


def run(addresses, process, report, options, topic_id):
    """All cases, or those whose names contain `options.only`, `options.rounds` times."""
    check_valid(addresses, report, options.seed, topic_id, "before the cases")
    cases = [case for case in _all_cases(options.seed) if options.only is None or options.only in case.name()]
    versions = len({(case.api.key, case.version) for case in cases})
    for turn in range(options.rounds):
        runner = _Run(addresses, report)
        warm_bytes = _send_all(runner, process, report, cases, options, topic_id)
        if warm_bytes is None:
            return
        grown = process.own_bytes() - warm_bytes
        report.figure(f"cases: {len(cases)} of {versions} request versions: {runner.answered} answered, {runner.closed} closed, "
                      f"{runner.left_waiting} left waiting; memory {warm_bytes / MIB:.1f} MiB after {_WARM_CASES}, "
                      f"{grown / MIB:+.2f} MiB at the end, {process.resident_bytes() / MIB:.1f} MiB resident")
        report.memory(f"behind case {_WARM_CASES}", grown)
        is_judged = turn == 0 and process.measures and len(cases) > _WARM_CASES
        if is_judged and grown > _MOST_GROWTH_BYTES:
            report.complain("wrong", f"memory has grown by {grown} bytes since case {_WARM_CASES}")
    check_valid(addresses, report, options.seed, topic_id, "behind them")
