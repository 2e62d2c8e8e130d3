"""The programs that are measured, each as a process on a folder: Moldau, Apache Kafka and the bare program."""

import functools
import os
import pathlib
import signal
import subprocess
import sys
import time

from machine import Skipped

_LIBRARY = pathlib.Path(__file__).resolve().parents[1] / "lib"
sys.path.insert(0, str(_LIBRARY))
from connection import free_port  # noqa: E402

_START_TIMEOUT_S = 120
_CLUSTER_ID = "bW9sZGF1LWJlbmNobWFyaw"
# What bin/kafka-server-start.sh gives the JVM when nobody says otherwise.
_JVM = ("-Xmx1G -Xms1G -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 "
        "-XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true").split()


@functools.cache
def _class_path():
    """Of Apache Kafka's release, which is brought when it is not there."""
    script = f". {_LIBRARY}/apache.sh && apache_init >&2 && echo \"$apache_class_path\""
    done = subprocess.run(["bash", "-c", script], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise Skipped(f"no Apache Kafka: {done.stdout}{done.stderr}")
    return done.stdout.strip()


class Process:
    """Started by start(), killed by kill(), which may be called at any time."""

    def __init__(self, folder):
        self.folder = folder
        self.address = None
        self._process = None
        self._output = folder / "output"

    @property
    def pid(self):
        return self._process.pid

    def _run(self, command, ready, **options):
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self._output, "wb") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            for line in self._output.read_text(encoding="utf-8", errors="replace").splitlines():
                if ready in line:
                    return line.partition(ready)[2]
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} does not get ready:\n{self._output.read_text(encoding='utf-8')[-4000:]}")
            time.sleep(0.02)

    def kill(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def end(self):
        """As an administrator ends it; its data is whole afterwards."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=_START_TIMEOUT_S)
        self._process = None


class Broker(Process):
    """A combined node of one, with as many settings as a single node needs; `settings` are further ones, "name=value"."""

    def __init__(self, folder, settings=()):
        super().__init__(folder)
        port, controller = free_port(), free_port()
        self.address = f"127.0.0.1:{port}"
        self.data = folder / "data"
        self.properties = folder / "server.properties"
        folder.mkdir(parents=True)
        lines = ["process.roles=broker,controller", "node.id=0", "controller.listener.names=CONTROLLER",
                 f"listeners=PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{controller}",
                 f"controller.quorum.voters=0@127.0.0.1:{controller}", f"log.dirs={self.data}",
                 "offsets.topic.replication.factor=1", "transaction.state.log.replication.factor=1",
                 "transaction.state.log.min.isr=1", "share.coordinator.state.topic.replication.factor=1",
                 "share.coordinator.state.topic.min.isr=1",
                 # Warming up leaves topics behind, whose dirty pages should go before the measurement begins.
                 "log.segment.delete.delay.ms=1000", *settings]
        self.properties.write_text("\n".join(lines) + "\n", encoding="ascii")

    def start(self):
        self._run(self.command(), self.ready)


class Moldau(Broker):
    """Without its admin port, which Apache Kafka does not have."""

    ready = "bootstrap.servers="

    def _program(self):
        return os.environ["MOLDAU"]

    def format(self):
        subprocess.run([self._program(), "storage", "format", "-t", _CLUSTER_ID, "-c", self.properties],
                       check=True, stdout=subprocess.DEVNULL)

    def command(self):
        return [self._program(), "server", str(self.properties), "--override", "moldau.admin.listener="]


class Apache(Broker):
    """The release with the flags of its own start script."""

    ready = "Kafka Server started"

    def _java(self, *rest):
        return ["java", *_JVM, f"-Dlog4j2.configurationFile={_LIBRARY}/log4j2.xml", "-cp", _class_path(), *rest]

    def format(self):
        subprocess.run(self._java("kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(self.properties)),
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def command(self):
        return self._java("kafka.Kafka", str(self.properties))


class Floor(Process):
    """The bare program (floor.cc); `mode` is produce, or consume from the one of the `files`, which are in the folder unless
    they say where. It ends with its standard input."""

    def __init__(self, folder, mode, files):
        super().__init__(folder)
        self._command = [os.environ["BENCH_FLOOR"], mode, *(str(folder / file) for file in files)]

    def start(self):
        self.address = "127.0.0.1:" + self._run(self._command, "port=", stdin=subprocess.PIPE)


BROKERS = {"moldau": Moldau, "apache": Apache}
