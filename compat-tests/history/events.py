"""What the supervisor adds to a history: topics and faults."""
import contextlib
import itertools
import json
import time

_PROC = 0


class Events:
    """A file of events that is closed with its block."""

    def __init__(self, path):
        self._file = open(path, "w", encoding="ascii", buffering=1)
        self._numbers = itertools.count(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def _write(self, kind, function, **fields):
        # The clock of the clients: CLOCK_MONOTONIC.
        event = {"t": time.monotonic_ns(), "proc": _PROC, "type": kind, "f": function, **fields}
        self._file.write(json.dumps(event, separators=(",", ":")) + "\n")

    def topic(self, name, partitions, compacted, delete_retention_ms):
        self._write("ok", "topic", compacted=compacted, delete_retention_ms=delete_retention_ms,
                    ops=[[f"{name}/{i}"] for i in range(partitions)])

    def begin_fault(self, what):
        """Its number, to end it by."""
        number = next(self._numbers)
        self._write("invoke", "fault", n=number, what=what)
        return number

    def end_fault(self, number):
        self._write("ok", "fault", n=number)

    @contextlib.contextmanager
    def fault(self, what):
        number = self.begin_fault(what)
        yield
        self.end_fault(number)

    def crash(self, first_proc):
        self._write("info", "crash", what="killed", first_proc=first_proc)
