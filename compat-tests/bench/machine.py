"""Whether the machine is left alone while something is measured."""

import os
import pathlib
import time


class Skipped(Exception):
    """What is to be measured cannot be measured here; says why."""


def _idle_seconds():
    """How long the cores have had nothing to do so far, all together; as process.cc counts it."""
    idle, io_wait = map(int, pathlib.Path("/proc/stat").read_text(encoding="ascii").split()[4:6])
    return (idle + io_wait) / os.sysconf("SC_CLK_TCK")


class Machine:
    """`patience_s` is what may be lost to others in all: in waiting for them, and in rounds that do not count."""

    def __init__(self, others_percent, patience_s):
        self._others_percent = others_percent
        self._patience_s = patience_s

    def wait_for_quiet(self):
        """Until processes leave the cores alone for half a second; Skipped when patience is over."""
        while True:
            before, began = _idle_seconds(), time.monotonic()
            time.sleep(0.5)
            waited = time.monotonic() - began
            used = 1 - (_idle_seconds() - before) / waited / os.cpu_count()
            if 100 * used <= self._others_percent:
                return
            self.lose(waited)

    def lose(self, seconds):
        self._patience_s -= seconds
        if self._patience_s < 0:
            raise Skipped("the machine is not quiet")

    def was_quiet(self, figures):
        return figures["others_percent"] <= self._others_percent
