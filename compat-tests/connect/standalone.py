"""A standalone worker: a file, a topic, a file."""
from committed import Committed
from judge import judge_each
from lines import GrowingFile, SunkFile, sink, source
from node import Node
from properties import write_properties
from waiting import until
from worker import standalone_worker

_LINES = 30_000


def _connector(folder, name, settings):
    return write_properties(folder / f"{name}.properties", {"name": name} | settings)


def run(folder, _):
    """What is written to the file is in the topic and in the other file, each line once, over a restart of the worker."""
    into, out = GrowingFile(folder / "in"), SunkFile(folder / "out")
    connectors = (_connector(folder, "source", source(into.path, "lines")), _connector(folder, "sink", sink(out.path, "lines")))

    def await_lines():
        until(lambda: len(out.lines()) >= len(into.lines), f"{len(into.lines)} lines have come through")
    with Node(folder / "node") as node, Committed(folder, node.address, "lines") as reader:
        with standalone_worker(folder / "worker", node.address, *connectors) as worker:
            for _ in range(3):
                into.append(_LINES // 6)
                await_lines()
            worker.stop()
            into.append(_LINES // 2)
            worker.start()
            await_lines()
            worker.stop()
        reader.read_to_end()
        judge_each("the topic", reader.values("lines"), into.lines)
    judge_each("the file", out.lines(), into.lines)
    return f"{len(into.lines)} lines from file to topic to file, each once, over a restart of the worker"
