"""Workers of Kafka Connect, and what is asked of them over REST."""
import json
import os
import pathlib
import subprocess
import urllib.error
import urllib.request

from committed import JAVA
from connection import free_port
from killing import kill_one
from properties import write_properties
from waiting import until

_PLUGINS = os.environ["CONNECT_PLUGINS"]
_STRINGS = "org.apache.kafka.connect.storage.StringConverter"
_SETTINGS = {
    "plugin.path": _PLUGINS, "plugin.discovery": "service_load", "key.converter": _STRINGS, "value.converter": _STRINGS,
    "offset.flush.interval.ms": 500}
# A killed worker is missed soon, and its work is given away soon.
_DISTRIBUTED = {
    "group.id": "workers", "session.timeout.ms": 6000, "heartbeat.interval.ms": 500, "scheduled.rebalance.max.delay.ms": 1000,
    "config.storage.topic": "configs", "config.storage.replication.factor": 1,
    "offset.storage.topic": "offsets", "offset.storage.replication.factor": 1, "offset.storage.partitions": 5,
    "status.storage.topic": "statuses", "status.storage.replication.factor": 1, "status.storage.partitions": 2}
# What a worker says while others decide who does what; the same question is answered later.
_COME_AGAIN = ("conflicting operation", "momentarily")


def _decoded(answer):
    """A page of the server below the worker, which is no JSON, as a message."""
    body = answer.read() or b"null"
    return json.loads(body) if body[:1] in b"[{n" else {"message": body.decode()}


class Worker:
    """A process that runs within its block, on a folder of its own. Further settings stand over those of `kind`."""

    def __init__(self, kind, folder, address, settings, *connectors):
        self.folder, self.name = pathlib.Path(folder), pathlib.Path(folder).name
        self.folder.mkdir()
        port = free_port()
        self.id, self._url = f"127.0.0.1:{port}", f"http://127.0.0.1:{port}"
        properties = write_properties(self.folder / "worker.properties", _SETTINGS | {
            "bootstrap.servers": address, "listeners": self._url} | settings)
        self._command = [*JAVA, "-Xmx320m", f"org.apache.kafka.connect.cli.Connect{kind}", properties, *connectors]
        self._process = None

    def __enter__(self):
        self.start()
        try:
            self.await_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def await_ready(self):
        """Until it has joined the others."""
        until(lambda: self._answer("GET", "/health")[0] == 200, f"{self.name} serves", 120)

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} does not stop: {self.log()[-2000:]}") from None

    def kill(self):
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def log(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def _answer(self, method, path, body=None):
        """Status and body; status 0 while it does not listen."""
        if self._process.poll() is not None:
            raise AssertionError(f"{self.name} has ended: {self.log()[-3000:]}")
        request = urllib.request.Request(
            self._url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=100) as answer:
                return answer.status, _decoded(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, _decoded(refusal)
        except (OSError, urllib.error.URLError):
            return 0, None

    def ask(self, method, path, body=None, status=200):
        """The body of the answer; AssertionError where it does not have that status."""
        def answer():
            got, said = self._answer(method, path, body)
            if got == 0 or got == 409 and any(words in said["message"] for words in _COME_AGAIN):
                return None
            if got != status:
                raise AssertionError(f"{method} {path} of {self.name} has status {got} in place of {status}: {said}")
            return (said,)
        return until(answer, f"{method} {path} of {self.name} is answered")[0]

    def states(self, connector):
        """Of the connector itself, then of its tasks; none until the worker has heard of one."""
        status, said = self._answer("GET", f"/connectors/{connector}/status")
        if status != 200:
            return []
        return [said["connector"]["state"], *(task["state"] for task in said["tasks"])]


def distributed_worker(folder, address, exactly_once, **settings):
    support = "enabled" if exactly_once else "disabled"
    more = {name.replace("_", "."): value for name, value in settings.items()}
    return Worker("Distributed", folder, address, _DISTRIBUTED | {"exactly.once.source.support": support} | more)


def standalone_worker(folder, address, *connectors):
    return Worker("Standalone", folder, address,
                  {"offset.storage.file.filename": pathlib.Path(folder) / "offsets"}, *connectors)


def kill_one_and_wait(chance, node, workers):
    """As kill_one, until all workers are ready."""
    killed = kill_one(chance, node, workers)
    for worker in workers:
        worker.await_ready()
    return killed
