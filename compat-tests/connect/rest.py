"""What two distributed workers are asked over REST, and what comes of it in the topics and files."""
import contextlib

from committed import Committed
from judge import judge_each
from lines import GrowingFile, SunkFile, sink, source
from node import Node
from waiting import equal, until
from worker import distributed_worker

_LINES = 500
_PLUGIN_TYPES = {"FileStreamSourceConnector": "source", "FileStreamSinkConnector": "sink", "PostgresConnector": "source"}


class _Setup:
    """Two workers of one group, which are asked by turns: one of them always has to hand on to the other."""

    def __init__(self, folder, node, workers, reader):
        self.folder, self.node, self.workers, self._reader = folder, node, workers, reader
        self._asked = 0

    def ask(self, method, path, body=None, status=200):
        self._asked += 1
        return self.workers[self._asked % len(self.workers)].ask(method, path, body, status)

    def await_states(self, connector, *states):
        """Of the connector and its tasks, as both workers see it."""
        until(lambda: all(worker.states(connector) == list(states) for worker in self.workers), f"{connector} is {states}")

    def await_topic(self, topic, lines):
        until(lambda: len(self._reader.records(topic)) >= len(lines), f"{len(lines)} lines in topic {topic}")
        judge_each(f"topic {topic}", self._reader.values(topic), lines)

    def topic_lines(self, topic):
        return self._reader.values(topic)

    def offset_of(self, topic, index):
        return self._reader.records(topic)[index].offset

    def create(self, name, settings, **more):
        self.ask("POST", "/connectors", {"name": name, "config": settings} | more, 201)

    def delete(self, name):
        self.ask("DELETE", f"/connectors/{name}", status=204)
        until(lambda: all(name not in worker.ask("GET", "/connectors") for worker in self.workers), f"{name} is gone")


def _await_file(file, lines):
    until(lambda: len(file.lines()) >= len(lines), f"{len(lines)} lines in {file.path.name}")
    judge_each(f"file {file.path.name}", file.lines(), lines)


def _grown(folder, name, count=_LINES):
    file = GrowingFile(folder / name)
    file.append(count)
    return file


def plugins(setup):
    """The cluster is the broker's; connectors and converters are there; settings are checked before they are used."""
    (meta,) = [line.partition("=")[2] for line in (setup.node.data / "meta.properties").read_text().splitlines()
               if line.startswith("cluster.id=")]
    for worker in setup.workers:
        said = worker.ask("GET", "/")
        equal((said["version"], said["kafka_cluster_id"]), ("4.3.1", meta), "the worker's version and cluster")
    known = {plugin["class"].rpartition(".")[2]: plugin["type"] for plugin in setup.ask("GET", "/connector-plugins")}
    equal({name: known.get(name) for name in _PLUGIN_TYPES}, _PLUGIN_TYPES, "plugins")
    all_types = {plugin["type"] for plugin in setup.ask("GET", "/connector-plugins?connectorsOnly=false")}
    equal(all_types >= {"converter", "transformation", "predicate", "header_converter"}, True, f"types of plugins, {all_types}")
    names = [setting["name"] for setting in setup.ask("GET", "/connector-plugins/FileStreamSource/config")]
    equal("topic" in names, True, f"whether a file source has a topic, {names}")
    whole = source(setup.folder / "none", "none") | {"name": "none"}
    for settings, errors in ((whole, 0), ({name: whole[name] for name in whole if name != "topic"}, 1)):
        said = setup.ask("PUT", "/connector-plugins/FileStreamSource/config/validate", settings)
        equal(said["error_count"], errors, "wrong settings")


def created(setup):
    """A connector is created once, listed, told of and deleted; what is wrong or not there is refused."""
    file, settings = _grown(setup.folder, "created"), source(setup.folder / "created", "created")
    setup.create("created", settings)
    setup.ask("POST", "/connectors", {"name": "created", "config": settings}, 409)
    setup.ask("POST", "/connectors", {"name": "wrong", "config": {"connector.class": "FileStreamSource"}}, 400)
    for path in ("/connectors/none", "/connectors/none/status", "/connectors/none/offsets"):
        setup.ask("GET", path, status=404)
    setup.await_states("created", "RUNNING", "RUNNING")
    setup.await_topic("created", file.lines)
    said = setup.ask("GET", "/connectors?expand=status&expand=info")["created"]
    equal(said["info"]["config"], settings | {"name": "created"}, "settings")
    equal((said["status"]["type"], len(said["status"]["tasks"])), ("source", 1), "kind and tasks")
    ids = {worker.id for worker in setup.workers}
    equal({task["worker_id"] in ids for task in said["status"]["tasks"]}, {True}, "whether a worker has the task")
    equal(setup.ask("GET", "/connectors/created/config"), settings | {"name": "created"}, "settings by themselves")
    (task,) = setup.ask("GET", "/connectors/created/tasks")
    equal((task["id"], task["config"]["topic"]), ({"connector": "created", "task": 0}, "created"), "the task")
    equal(setup.ask("GET", "/connectors/created/tasks/0/status")["state"], "RUNNING", "the task's state")
    until(lambda: setup.ask("GET", "/connectors/created/topics") == {"created": {"topics": ["created"]}}, "its topics are known")
    setup.ask("PUT", "/connectors/created/topics/reset", status=202)
    setup.delete("created")
    setup.ask("DELETE", "/connectors/created", status=404)
    setup.ask("GET", "/connectors/created", status=404)
    # Its offsets outlive it: under the same name it goes on where it was.
    file.append(_LINES)
    setup.create("created", settings)
    setup.await_topic("created", file.lines)
    setup.delete("created")


def paused(setup):
    """A paused source reads nothing while another does, and goes on where it was."""
    files = {name: _grown(setup.folder, name) for name in ("paused", "other")}
    for name, file in files.items():
        setup.create(name, source(file.path, name))
        setup.await_topic(name, file.lines)
    setup.ask("PUT", "/connectors/paused/pause", status=202)
    setup.await_states("paused", "PAUSED", "PAUSED")
    before = list(files["paused"].lines)
    for file in files.values():
        file.append(_LINES)
    setup.await_topic("other", files["other"].lines)
    judge_each("topic paused, while it is", setup.topic_lines("paused"), before)
    setup.ask("PUT", "/connectors/paused/resume", status=202)
    setup.await_states("paused", "RUNNING", "RUNNING")
    setup.await_topic("paused", files["paused"].lines)
    for name in files:
        setup.delete(name)


def source_offsets(setup):
    """Offsets of a source are told, altered and reset while it is stopped, and decide where it goes on."""
    file, path = _grown(setup.folder, "offsets"), "/connectors/offsets/offsets"
    partition = {"filename": str(file.path)}
    size = sum(len(line) + 1 for line in file.lines)

    def at(position):
        return {"offsets": [{"partition": partition, "offset": {"position": position}}]}
    # Created stopped, with offsets of before its first start.
    setup.create("offsets", source(file.path, "moved"), initial_state="STOPPED")
    setup.await_states("offsets", "STOPPED")
    setup.ask("PATCH", path, at(size // 2))
    equal(setup.ask("GET", path), at(size // 2), "altered offsets")
    setup.ask("PUT", "/connectors/offsets/resume", status=202)
    wanted = file.lines[_LINES // 2:]
    setup.await_topic("moved", wanted)
    until(lambda: setup.ask("GET", path) == at(size), "its offsets are those of the file's end")
    setup.ask("PATCH", path, at(0), 400)  # while it runs
    for method, body, offsets in (("DELETE", None, {"offsets": []}), ("PATCH", at(0), at(0))):
        setup.ask("PUT", "/connectors/offsets/stop", status=204)
        setup.await_states("offsets", "STOPPED")
        setup.ask(method, path, body)
        equal(setup.ask("GET", path), offsets, f"offsets behind {method}")
        setup.ask("PUT", "/connectors/offsets/resume", status=202)
        wanted = wanted + file.lines
        until(lambda: len(setup.topic_lines("moved")) >= len(wanted), "it reads from the beginning")
        equal(setup.topic_lines("moved"), wanted, "lines read again")
    setup.delete("offsets")


def sink_offsets(setup):
    """Offsets of a sink are those of its group: told, altered and reset, and they decide what it writes again."""
    file, path = _grown(setup.folder, "sunk"), "/connectors/sink/offsets"
    setup.create("source", source(file.path, "sunk"))
    setup.await_topic("sunk", file.lines)

    def at(offset):
        partition = {"kafka_topic": "sunk", "kafka_partition": 0}
        return {"offsets": [{"partition": partition, "offset": {"kafka_offset": offset}}]}

    out = SunkFile(setup.folder / "sunk.out")
    setup.create("sink", sink(out.path, "sunk"))
    _await_file(out, file.lines)
    until(lambda: setup.ask("GET", path)["offsets"] and setup.ask("GET", path)["offsets"][0]["offset"]["kafka_offset"] >= _LINES,
          "the sink's offsets are committed")
    wanted = list(file.lines)
    middle = setup.offset_of("sunk", _LINES // 2)
    for method, body, first in (("PATCH", at(middle), _LINES // 2), ("DELETE", None, 0)):
        setup.ask("PUT", "/connectors/sink/stop", status=204)
        setup.await_states("sink", "STOPPED")
        setup.ask(method, path, body)
        equal(setup.ask("GET", path), body or {"offsets": []}, f"offsets behind {method}")
        setup.ask("PUT", "/connectors/sink/resume", status=202)
        wanted = wanted + file.lines[first:]
        until(lambda: len(out.lines()) >= len(wanted), "it writes again")
        equal(out.lines(), wanted, "lines written again")
    for name in ("source", "sink"):
        setup.delete(name)


def config_update(setup):
    """New settings, whole or in part, are in force with the next lines."""
    file, outs = _grown(setup.folder, "updated"), [SunkFile(setup.folder / f"updated.{i}") for i in range(3)]
    setup.create("source", source(file.path, "updated"))
    setup.create("updated", sink(outs[0].path, "updated"))
    _await_file(outs[0], file.lines)
    calls = (("PUT", sink(outs[1].path, "updated")), ("PATCH", {"file": str(outs[2].path)}))
    for (method, body), out in zip(calls, outs[1:]):
        said = setup.ask(method, "/connectors/updated/config", body)
        equal(said["config"], sink(out.path, "updated") | {"name": "updated"}, f"settings behind {method}")
        until(lambda: out.path.exists(), "the task has the new settings")
        before = len(file.lines)
        file.append(_LINES)
        _await_file(out, file.lines[before:])
    _await_file(outs[0], file.lines[:_LINES])
    for name in ("source", "updated"):
        setup.delete(name)


def restarted(setup):
    """A task that failed is restarted once it can run; one that runs goes on without a gap."""
    file, out = _grown(setup.folder, "restarted"), SunkFile(setup.folder / "later" / "out")
    setup.create("source", source(file.path, "restarted"))
    setup.create("restarted", sink(out.path, "restarted"))
    setup.await_states("restarted", "RUNNING", "FAILED")
    trace = setup.ask("GET", "/connectors/restarted/tasks/0/status")["trace"]
    equal("ConnectException" in trace, True, f"whether the task says why it failed, {trace}")
    out.path.parent.mkdir()
    setup.ask("POST", "/connectors/restarted/restart?includeTasks=true&onlyFailed=true", status=202)
    setup.await_states("restarted", "RUNNING", "RUNNING")
    _await_file(out, file.lines)
    for path, status in (("/connectors/source/restart?includeTasks=true", 202), ("/connectors/source/tasks/0/restart", 204),
                         ("/connectors/source/restart", 204)):
        setup.ask("POST", path, status=status)
        file.append(_LINES)
        setup.await_topic("restarted", file.lines)
        setup.await_states("source", "RUNNING", "RUNNING")
    _await_file(out, file.lines)
    for name in ("source", "restarted"):
        setup.delete(name)


def workers_leave(setup):
    """Connectors move to the worker that is left; a cluster that starts anew knows what it did, and what was paused stays so."""
    files = {name: _grown(setup.folder, name) for name in ("moving", "resting")}
    for name, file in files.items():
        setup.create(name, source(file.path, name))
        setup.await_topic(name, file.lines)
    setup.ask("PUT", "/connectors/resting/pause", status=202)
    setup.await_states("resting", "PAUSED", "PAUSED")
    stays, leaves = setup.workers
    leaves.stop()

    def have_moved():
        said = stays.ask("GET", "/connectors/moving/status")
        return {part["worker_id"] for part in [said["connector"], *said["tasks"]]} == {stays.id}
    until(have_moved, "all of it runs where a worker is left")
    files["moving"].append(_LINES)
    setup.await_topic("moving", files["moving"].lines)
    stays.stop()
    for file in files.values():
        file.append(_LINES)
    for worker in setup.workers:
        worker.start()
    for worker in setup.workers:
        worker.await_ready()
    setup.await_topic("moving", files["moving"].lines)
    setup.await_states("resting", "PAUSED", "PAUSED")
    judge_each("topic resting, while it is paused", setup.topic_lines("resting"), files["resting"].lines[:_LINES])
    setup.ask("PUT", "/connectors/resting/resume", status=202)
    setup.await_topic("resting", files["resting"].lines)
    for name in files:
        setup.delete(name)


_CHECKS = (plugins, created, paused, source_offsets, sink_offsets, config_update, restarted, workers_leave)
_TOPICS = ("created", "paused", "other", "moved", "sunk", "updated", "restarted", "moving", "resting")


def _run_checks(folder, exactly_once):
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        node = stack.enter_context(Node(folder / "node"))
        workers = [stack.enter_context(distributed_worker(folder / f"worker-{i}", node.address, exactly_once)) for i in range(2)]
        reader = stack.enter_context(Committed(folder, node.address, *_TOPICS))
        setup = _Setup(folder, node, workers, reader)
        for check in _CHECKS:
            try:
                check(setup)
            except AssertionError as error:
                raise AssertionError(f"{check.__name__}: {error}") from error
        reader.read_to_end()


def run(folder, _):
    """All checks with sources that promise at-least-once, as is the default, and once more with exactly-once."""
    for exactly_once in (False, True):
        _run_checks(folder / ("exactly-once" if exactly_once else "at-least-once"), exactly_once)
    return f"{len(_CHECKS)} checks, {' '.join(check.__name__ for check in _CHECKS)}, with and without exactly-once source"
