"""Four connectors on two distributed workers while processes are killed: three sources, whose topics have to be exact, a sink."""
import contextlib
import random
import time

from committed import Committed
from judge import judge_at_least_once, judge_each
from lines import Feeder, GrowingFile, SunkFile, sink, source
from node import Node
from waiting import until
from worker import distributed_worker, kill_one_and_wait

_WORKERS = 2
_LINES_PER_S = 1000
_FIRST_LINES = 1000
# So long nothing may come through: the session of a killed worker has to time out, and its work to begin elsewhere.
_PATIENCE_S = 180
# What is further said of each: where its transactions end, with what one poll gave or by time, and its codec.
_SOURCES = {
    "a": {}, "b": {"transaction_boundary": "interval", "transaction_boundary_interval_ms": "300"},
    "c": {"producer_override_compression_type": "zstd", "producer_override_linger_ms": "20"}}


class _Cluster:
    """All processes of a run, and what goes through them."""

    def __init__(self, node, workers, reader, files, out):
        self._node, self._workers, self._reader, self._files, self._out = node, workers, reader, files, out

    def start_connectors(self, exactly_once):
        requirement = {"exactly_once_support": "required"} if exactly_once else {}
        for name, file in self._files.items():
            settings = source(file.path, name, **requirement, **_SOURCES[name])
            self._workers[0].ask("POST", "/connectors", {"name": name, "config": settings}, 201)
        self._workers[1].ask("POST", "/connectors", {"name": "sink", "config": sink(self._out.path, "a")}, 201)

    def kill_one(self, chance):
        return kill_one_and_wait(chance, self._node, self._workers)

    def await_lines(self):
        """Until what is written by now has come through; a task that failed for good shows here."""
        last = {name: file.lines[-1] for name, file in self._files.items()}

        def have_come():
            return all(self._reader.has_read(name, line) for name, line in last.items()) and self._out.has(last["a"])
        try:
            until(have_come, "all lines come through", _PATIENCE_S)
        except AssertionError as error:
            read = {name: len(self._reader.records(name)) for name in self._files}
            states = {name: self._workers[0].states(name) for name in [*self._files, "sink"]}
            raise AssertionError(f"{error}, up to {last}: read {read}, the sink's {len(self._out.lines())}; {states}") from None

    def delete_connectors(self):
        for name in [*self._files, "sink"]:
            self._workers[0].ask("DELETE", f"/connectors/{name}", status=204)
        until(lambda: self._workers[1].ask("GET", "/connectors") == [], "no connector is left")

    def judge(self):
        """How many lines there were, and how many of them the sink wrote more than once."""
        self._reader.read_to_end()
        for name, file in self._files.items():
            judge_each(f"topic {name}", self._reader.values(name), file.lines)
        doubled = judge_at_least_once("the sink's file", self._out.lines(), self._files["a"].lines)
        return sum(len(file.lines) for file in self._files.values()), doubled


def _open(stack, folder, exactly_once):
    files = {name: GrowingFile(folder / name) for name in _SOURCES}
    node = stack.enter_context(Node(folder / "node"))
    workers = [stack.enter_context(distributed_worker(folder / f"worker-{i}", node.address, exactly_once))
               for i in range(_WORKERS)]
    reader = stack.enter_context(Committed(folder, node.address, *files))
    return _Cluster(node, workers, reader, files, SunkFile(folder / "out")), files.values()


def run(folder, options):
    """None of the lines of three sources is lost or doubled in their topics, and none is lost on the way to the sink's file."""
    chance, began, kills = random.Random(options.seed), time.monotonic(), 10 if options.kills is None else options.kills
    with contextlib.ExitStack() as stack:
        cluster, files = _open(stack, folder, not options.at_least_once)
        for file in files:
            file.append(_FIRST_LINES)
        cluster.start_connectors(not options.at_least_once)
        cluster.await_lines()
        with Feeder(files, _LINES_PER_S):
            for _ in range(kills):
                time.sleep(chance.uniform(0, 3))
                print(f"{time.monotonic() - began:6.1f} s: killed {cluster.kill_one(chance)}", end="", flush=True)
                cluster.await_lines()
                print(f", all come through at {time.monotonic() - began:6.1f} s", flush=True)
        cluster.await_lines()
        cluster.delete_connectors()
        lines, doubled = cluster.judge()
    return (f"{lines} lines of three sources, 0 lost, 0 doubled in their topics; 0 lost and {doubled} doubled by the sink; "
            f"{kills} kills")
