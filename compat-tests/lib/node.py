"""A node of its own for a test: Moldau, or Apache Kafka where the test is to be tried on it."""
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import time

from connection import free_port
from properties import write_properties
from waiting import Skip

MOLDAU = os.environ["MOLDAU"]
# How Apache Kafka is started, but for the properties; empty: Moldau is tested.
APACHE = shlex.split(os.environ.get("APACHE_SERVER", ""))
_CLUSTER_ID = "bW9sZGF1LWNvbXBhdC0xMQ"
_SETTINGS = {
    "process.roles": "broker,controller", "node.id": "0", "controller.listener.names": "CONTROLLER",
    "offsets.topic.replication.factor": "1", "offsets.topic.num.partitions": "1", "group.initial.rebalance.delay.ms": "0",
    "transaction.state.log.replication.factor": "1", "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1", "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1", "log.retention.ms": "-1",
}


def needs_moldau():
    if APACHE:
        raise Skip("of Moldau's own program")


def run_program(*arguments, timeout_s=30):
    """A command of Moldau's; its standard output."""
    done = subprocess.run([MOLDAU, *arguments], capture_output=True, text=True, timeout=timeout_s)
    if done.returncode != 0:
        raise AssertionError(f"{arguments[0]} has status {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


class Node:
    """Runs within its block. `settings` stand over those that make a node small."""

    def __init__(self, folder, **settings):
        self.folder = pathlib.Path(folder)
        self._settings = {name.replace("_", "."): str(value) for name, value in settings.items()}
        self._process = None
        self.address = None

    def __enter__(self):
        self.folder.mkdir(exist_ok=True)
        port, controller = free_port(), free_port()
        self.address = f"127.0.0.1:{port}"
        lines = _SETTINGS | {
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{controller}",
            "controller.quorum.voters": f"0@127.0.0.1:{controller}", "log.dirs": str(self.data)} | self._settings
        write_properties(self.properties, lines)
        if not self.data.exists():
            run_program("storage", "format", "-t", _CLUSTER_ID, "-c", str(self.properties))
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def data(self):
        return self.folder / "data"

    @property
    def properties(self):
        return self.folder / "server.properties"

    @property
    def pid(self):
        return self._process.pid

    def log(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def command(self):
        """What starts it."""
        if APACHE:
            return [*APACHE, self.properties]
        return [MOLDAU, "server", self.properties, "--override", "moldau.admin.listener="]

    def start(self):
        """Returns when clients are served."""
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            run_program("ready", self.address, "--timeout-ms", "60000", timeout_s=70)
        except AssertionError as error:
            raise AssertionError(f"not ready: {error}; {self.log()[-1000:]}") from None

    def stop(self):
        """Cleanly. A JVM's status is that of the signal even so."""
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(60)
        if status not in ((0, 143, -signal.SIGTERM) if APACHE else (0,)):
            raise AssertionError(f"the stop has status {status}: {self.log()[-1000:]}")

    def kill(self):
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def copy_to(self, folder):
        """What lies in its directory, for a node of another folder."""
        shutil.copytree(self.data, pathlib.Path(folder) / "data")


class PlainNode:
    """Moldau with no setting but its folder and a free port, as someone new starts it; runs within its block."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def __enter__(self):
        needs_moldau()
        self.folder.mkdir(exist_ok=True)
        began = time.monotonic()
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                [MOLDAU, "server", "--data", self.folder / "data", "--port", "0", "--override", "moldau.admin.listener="],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self._process.stdout.readline()
        self.start_s = time.monotonic() - began
        self.address = line.strip().rpartition("bootstrap.servers=")[2]
        if not self.address:
            self._process.wait()
            raise AssertionError(f"not ready: {(self.folder / 'log').read_text(encoding='utf-8')[-1000:]}")
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(60)
        if status != 0:
            raise AssertionError(f"the stop has status {status}: {(self.folder / 'log').read_text(encoding='utf-8')[-1000:]}")
