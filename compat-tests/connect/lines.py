"""Files that grow line by line, for file sources to read."""
import threading


class GrowingFile:
    """Each of its lines is another one, and no line is a part of another."""

    def __init__(self, path):
        self.path, self.name = path, path.name
        self.lines = []

    def append(self, count):
        """Writes the last line in two parts, as a program would whose buffer is full."""
        new = [f"<{self.name} {number:07}>" for number in range(len(self.lines), len(self.lines) + count)]
        text = "".join(line + "\n" for line in new)
        with open(self.path, "a", encoding="ascii") as file:
            for part in (text[:-9], text[-9:]):
                file.write(part)
                file.flush()
        self.lines += new


class Feeder:
    """Appends to files within its block, at a steady pace."""
    _PAUSE_S = 0.05

    def __init__(self, files, lines_per_s):
        self._files, self._count = files, max(1, round(lines_per_s * self._PAUSE_S))
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._feed, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        self._thread.join()

    def _feed(self):
        while not self._ends.wait(self._PAUSE_S):
            for file in self._files:
                file.append(self._count)


def source(path, topic, **settings):
    """The settings of a connector that reads a file into a topic."""
    return {"connector.class": "FileStreamSource", "tasks.max": "1", "file": str(path), "topic": topic} | _dotted(settings)


def sink(path, topic, **settings):
    """Of one that writes a topic into a file; it reads what is committed, and is soon missed where it is killed."""
    return {"connector.class": "FileStreamSink", "tasks.max": "1", "file": str(path), "topics": topic,
            "consumer.override.isolation.level": "read_committed", "consumer.override.session.timeout.ms": "6000"
            } | _dotted(settings)


def _dotted(settings):
    return {name.replace("_", "."): value for name, value in settings.items()}


class SunkFile:
    """The whole lines of a file that a sink writes; none where it is not there yet."""

    def __init__(self, path):
        self.path = path
        self._lines, self._known, self._size = [], set(), 0

    def lines(self):
        if self.path.exists():
            with open(self.path, "rb") as file:
                file.seek(self._size)
                new = file.read().rpartition(b"\n")[0]
            if new:
                self._size += len(new) + 1
                lines = new.decode("ascii").split("\n")
                self._lines += lines
                self._known.update(lines)
        return self._lines

    def has(self, line):
        self.lines()
        return line in self._known
