"""What readers of committed records see of topics."""
import os
import pathlib
import shlex
import subprocess
import typing

from waiting import until

JAVA = shlex.split(os.environ["JAVA"])
_NONE = b"\\N"


class Record(typing.NamedTuple):
    """As a reader sees it, with its offset."""
    offset: int
    key: str | None
    value: str | None


def _text(field):
    return None if field == _NONE else field.decode()


class Committed:
    """Reads what is committed of topics of one partition, each from its beginning; runs within its block."""

    def __init__(self, folder, address, *topics):
        self._output, self._errors = pathlib.Path(folder) / "committed", pathlib.Path(folder) / "committed.log"
        self._command = [*JAVA, "-Xmx192m", "Committed", address, *topics]
        self._records = {topic: [] for topic in topics}
        self._values = {topic: set() for topic in topics}
        self._read = self._rest = None

    def __enter__(self):
        with open(self._output, "wb") as output, open(self._errors, "wb") as errors:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=output, stderr=errors)
        self._read, self._rest = open(self._output, "rb"), b""
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._read.close()

    def records(self, topic):
        """All that was read so far."""
        if self._process.poll() not in (None, 0):
            raise AssertionError(f"the reader has ended: {self._errors.read_text()[-2000:]}")
        *lines, self._rest = (self._rest + self._read.read()).split(b"\n")
        for line in lines:
            of, _, offset, key, value = line.split(b"\t")
            record = Record(int(offset), _text(key), _text(value))
            self._records[of.decode()].append(record)
            self._values[of.decode()].add(record.value)
        return self._records[topic]

    def values(self, topic):
        return [record.value for record in self.records(topic)]

    def has_read(self, topic, value):
        self.records(topic)
        return value in self._values[topic]

    def read_to_end(self):
        """AssertionError where the end of a topic cannot be read, as behind a transaction that nobody ends."""
        self._process.stdin.write(b"end\n")
        self._process.stdin.flush()
        until(lambda: self._process.poll() is not None, "the ends of the topics are committed", 120)
