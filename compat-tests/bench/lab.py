"""What the rounds of one case work with: a folder, the load, and brokers that are warm."""

import contextlib
import json
import os
import subprocess
import sys
import time

import leftovers
import sides

MIB = 1 << 20
GIB = 1 << 30
# A virtual machine compiles what has run for a while. Every broker gets as much, at a pace that all of them hold.
WARM_UP_BYTES = 2_200_000_000
WARM_UP_BYTES_PER_S = 72_000_000


class Lab:
    def __init__(self, folder, machine):
        self.folder = folder
        self._machine = machine
        self._prepared = {}

    def load(self, mode, *arguments):
        """One run of the load; its figures."""
        command = [os.environ["BENCH_LOAD"], mode, *map(str, arguments)]
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE)
        if done.returncode != 0:
            sys.exit(f"the load {mode} has status {done.returncode}")
        return json.loads(done.stdout) if done.stdout else {}

    def measure(self, node, mode, *arguments):
        """The same on a running process, once the machine is quiet."""
        self._machine.wait_for_quiet()
        return self.load(mode, "--broker", node.address, "--pid", node.pid, *arguments)

    def start(self, node, *arguments, mode="start"):
        """The figures of a start of a broker that does not run."""
        self._machine.wait_for_quiet()
        return self.load(mode, "--broker", node.address, "--ready", node.ready, *arguments, "--", *node.command())

    @contextlib.contextmanager
    def broker(self, side):
        """A running broker without data."""
        node = sides.BROKERS[side](self.folder / side)
        try:
            node.format()
            node.start()
            yield node
        finally:
            node.kill()
            leftovers.set_aside(node.folder)

    @contextlib.contextmanager
    def warm_broker(self, side, *shape):
        """The same, which has taken batches of that shape for half a minute."""
        with self.broker(side) as node:
            self._warm_up(node, *shape)
            yield node

    def prepared_broker(self, side, prepare, name="prepared", settings=()):
        """A stopped broker that `prepare` has been given once in this case, running and without data, and has stopped."""
        if (side, name) not in self._prepared:
            node = sides.BROKERS[side](self.folder / f"{side}-{name}", settings)
            try:
                node.format()
                node.start()
                prepare(node)
            finally:
                node.kill()
            self._prepared[side, name] = node
        return self._prepared[side, name]

    def broker_on_copy(self, side, prepared, name, settings=()):
        """A broker that does not run, on a copy of what another has left, made once in this case."""
        if (side, name) not in self._prepared:
            node = sides.BROKERS[side](self.folder / f"{side}-{name}", settings)
            subprocess.run(["cp", "-a", prepared.data, node.data], check=True)
            os.sync()
            self._prepared[side, name] = node
        return self._prepared[side, name]

    @contextlib.contextmanager
    def floor(self, mode, files=("floor.log",), name="floor"):
        node = sides.Floor(self.folder / name, mode, files)
        with running(node):
            yield node
        leftovers.set_aside(node.folder)

    def _warm_up(self, node, *shape):
        """Into a topic that is gone afterwards."""
        self.load("produce", "--broker", node.address, "--pid", node.pid, "--topic", "warm", *shape, "--bytes", WARM_UP_BYTES,
                  "--bytes-per-second", WARM_UP_BYTES_PER_S, "--delete")
        deadline = time.monotonic() + 60
        while any(entry.name.startswith("warm") for entry in node.data.iterdir()):
            if time.monotonic() > deadline:
                raise RuntimeError("a deleted topic stays on the disk")
            time.sleep(0.1)


def worst_of(measured):
    """What others used, at most, while each of these was measured."""
    return {"others_percent": max(each["others_percent"] for each in measured)}


@contextlib.contextmanager
def running(node):
    """A process from here on, killed at the end."""
    try:
        node.start()
        yield node
    finally:
        node.kill()
