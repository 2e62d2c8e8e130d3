"""The broker's process as it is seen from outside."""
import os
import pathlib

MIB = 1 << 20


class Process:
    """`measures`: false where memory and times say nothing, as under a sanitizer."""

    def __init__(self, pid, measures):
        self._folder = pathlib.Path("/proc") / str(pid)
        self.measures = measures

    def runs(self):
        try:
            return "\nState:\tZ" not in (self._folder / "status").read_text(encoding="ascii")
        except FileNotFoundError:
            return False

    def _kib(self, name, field):
        for line in (self._folder / name).read_text(encoding="ascii").splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise KeyError(field)

    def resident_bytes(self):
        return self._kib("smaps_rollup", "Rss") * 1024

    def own_bytes(self):
        """Without what is mapped of files, which is there once for all programs."""
        return self._kib("smaps_rollup", "Anonymous") * 1024

    def peak_bytes(self):
        return self._kib("status", "VmHWM") * 1024

    def forget_peak(self):
        (self._folder / "clear_refs").write_text("5", encoding="ascii")

    def cpu_seconds(self):
        """User and system time of all its threads."""
        fields = (self._folder / "stat").read_text(encoding="ascii").rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        return len(list((self._folder / "fd").iterdir()))


class PeakGrowth:
    """How far the resident memory went up at most, within the block."""

    def __init__(self, process):
        self._process = process
        self.bytes = 0

    def __enter__(self):
        self._process.forget_peak()
        self._before = self._process.resident_bytes()
        return self

    def __exit__(self, *_):
        self.bytes = max(0, self._process.peak_bytes() - self._before)


class Report:
    """What was found wrong, and the figures of the last line."""

    def __init__(self):
        self.counts = {"cases": 0, "crashes": 0, "hangs": 0, "wrong": 0, "disturbed": 0}
        self._memory = []

    def complain(self, kind, text):
        self.counts[kind] += 1
        print(f"COMPLAINT ({kind}): {text}", flush=True)

    def figure(self, text):
        print(text, flush=True)

    def memory(self, name, size_bytes):
        """A figure for the last line."""
        self._memory.append(f"{name} {size_bytes / MIB:+.2f} MiB")

    def last_line(self):
        return ", ".join([f"{count} {name}" for name, count in self.counts.items()] + self._memory)

    def complaints(self):
        return sum(self.counts.values()) - self.counts["cases"]
