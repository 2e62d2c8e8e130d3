"""Programs of the JVM that lean on a broker's internal topics, settings and admin calls."""
import contextlib
import json
import os
import shlex
import subprocess
import urllib.error
import urllib.request

import records
from client import Client
from connection import free_port
from node import Node
from properties import write_properties
from waiting import Skip, equal, until

# A JVM with the release's jars and the programs of this folder; empty where the machine has none.
_JAVA = shlex.split(os.environ.get("JAVA", ""))
_CONNECT_TOPICS = {"config": "configs", "offset": "offsets", "status": "statuses"}


def _needs_java():
    if not _JAVA:
        raise Skip("no JDK, or no Maven to bring Apache Kafka's jars")


def _run_java(name, *arguments):
    _needs_java()
    done = subprocess.run([*_JAVA, name, *map(str, arguments)], capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        raise AssertionError(f"{name} has status {done.returncode}: {done.stdout[-1500:]} {done.stderr[-1500:]}")
    return done.stdout.splitlines()


def pages_of_tools_load(folder):
    """What web pages and exporters ask first is answered; what is not served is refused at once and harms nothing."""
    _needs_java()
    with Node(folder) as node, Client(node.address) as client:
        client.create_topic("t", 3, cleanup_policy="compact")
        client.produce("t", records.keyed_batch([(b"k", b"v")]))
        client.commit("g", "t", 1)
        said = _run_java("UiCalls", node.address)
        equal(len([line for line in said if line.startswith("ok cluster behind ")]), 4, "calls behind those that may be refused")


def streams_with_a_changelog(folder):
    """A Streams application with a repartition and a changelog topic counts on over a restart that leaves it no state."""
    _needs_java()
    with Node(folder) as node:
        equal(_run_java("StreamsCount", node.address, folder / "state"), ["ok life 1", "ok life 2"], "the application's words")
        with Client(node.address) as client:
            policies = {part: client.describe_configs(2, f"counting-{store}-{part}", "cleanup.policy")["cleanup.policy"][0]
                        for store, part in (("counts", "changelog"), ("counts", "repartition"))}
            equal(policies, {"changelog": "compact", "repartition": "delete"}, "policies of its topics")


class _Worker:
    """A distributed worker of Connect; runs within its block."""

    def __init__(self, folder, address):
        self._folder, self._url = folder, f"http://127.0.0.1:{free_port()}"
        lines = {
            "bootstrap.servers": address, "group.id": "workers", "listeners": self._url, "offset.flush.interval.ms": "200",
            "plugin.discovery": "only_scan", "scheduled.rebalance.max.delay.ms": "0", "session.timeout.ms": "6000",
            "heartbeat.interval.ms": "500", "key.converter": "org.apache.kafka.connect.storage.StringConverter",
            "value.converter": "org.apache.kafka.connect.storage.StringConverter"}
        for kind, topic in _CONNECT_TOPICS.items():
            lines |= {f"{kind}.storage.topic": topic, f"{kind}.storage.replication.factor": "1"}
        self._properties = write_properties(folder / "connect.properties", lines)
        self._process = None

    def __enter__(self):
        with open(self._folder / "connect.log", "ab") as log:
            self._process = subprocess.Popen([*_JAVA, "org.apache.kafka.connect.cli.ConnectDistributed", self._properties],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(lambda: self.ask("/connectors") is not None, "the worker serves", 120)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError("the worker does not stop") from None

    def ask(self, path, body=None):
        """None while it is not there yet."""
        if self._process.poll() is not None:
            raise AssertionError(f"the worker has ended: {(self._folder / 'connect.log').read_text()[-1500:]}")
        request = urllib.request.Request(
            self._url + path, method="PUT" if body else "GET", data=body and json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
        return None

    def write_numbers(self, last):
        settings = {"connector.class": "Numbers", "tasks.max": "1", "topic": "numbers", "last": str(last)}
        until(lambda: self.ask("/connectors/numbers/config", settings), "the connector is taken")


def connect_restarts(folder):
    """A worker of Connect makes its topics, writes, and starts again on what it left: settings are as it left them."""
    _needs_java()
    with Node(folder) as node, Client(node.address) as client:
        client.create_topic("numbers")

        def written(count):
            until(lambda: client.end_offset("numbers") >= count, f"{count} numbers")
            return [int(record.value) for record in records.stored(client.fetch("numbers", 0))]
        with _Worker(folder, node.address) as worker:
            worker.write_numbers(1000)
            equal(written(1000), list(range(1, 1001)), "numbers")
        for topic in _CONNECT_TOPICS.values():
            equal(client.describe_configs(2, topic, "cleanup.policy"), {"cleanup.policy": ("compact", 1)}, f"policy of {topic}")
        with _Worker(folder, node.address) as worker:
            until(lambda: worker.ask("/connectors") == ["numbers"], "the connector of before")
            worker.write_numbers(1500)
            equal(written(1500), list(range(1, 1501)), "numbers behind the restart")


TESTS = (pages_of_tools_load, streams_with_a_changelog, connect_restarts)
