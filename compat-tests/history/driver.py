"""A process of clients under test."""
import os
import pathlib
import shlex
import signal
import subprocess

from topics import SIZES

_PROGRAMS = {"java": shlex.split(os.environ["JAVA"]) + ["drive.Driver"], "librdkafka": shlex.split(os.environ["LIBRDKAFKA_DRIVER"]),
             "franz-go": shlex.split(os.environ["FRANZ_GO_DRIVER"])}
# So many procs at most has a process, each life of it others.
_PROCS = 16


class Driver:
    """Runs a workload's clients; each life has a file of events of its own and procs of its own."""

    def __init__(self, folder, address, seed, workload, slot, program="java"):
        self.name = f"{workload}-{slot}" + ("" if program == "java" else f"-{program}")
        self.workload = workload
        self._folder, self._address, self._seed, self._slot = pathlib.Path(folder), address, seed, slot
        self._program = _PROGRAMS[program]
        self._process = None
        self.first_proc = None

    def start(self, first_proc):
        """Gives the first number that is free for another."""
        self.first_proc = first_proc
        topics, partitions = SIZES.get(self.workload.removesuffix("source"), (1, 1))
        command = [*self._program, self._address, self._folder / f"proc-{first_proc}.jsonl", self._seed, self._slot, first_proc,
                   self.workload, topics, partitions]
        with open(self._folder / f"{self.name}.log", "ab") as log:
            self._process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=log, stderr=log)
        return first_proc + _PROCS

    def kill(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process.stdin.close()

    def pause(self):
        self._process.send_signal(signal.SIGSTOP)

    def resume(self):
        self._process.send_signal(signal.SIGCONT)

    def tell_to_stop(self):
        self._process.stdin.close()

    def await_end(self, timeout_s):
        """AssertionError where it does not end by itself, or not well."""
        try:
            status = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} does not end: {self.log()}") from None
        if status != 0:
            raise AssertionError(f"{self.name} has status {status}: {self.log()}")

    def check(self):
        """AssertionError where it has ended by itself."""
        if self._process.poll() is not None:
            raise AssertionError(f"{self.name} has ended with status {self._process.returncode}: {self.log()}")

    def log(self):
        return (self._folder / f"{self.name}.log").read_text(encoding="utf-8", errors="replace")[-3000:]
