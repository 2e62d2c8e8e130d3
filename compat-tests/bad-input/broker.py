"""The broker's process as it is seen from outside, and what was found wrong with it."""
import process

KIB = 1 << 10
MIB = 1 << 20


class Broker(process.Process):
    """`measures`: false where memory and times say nothing, as under a sanitizer."""

    def __init__(self, pid, measures):
        super().__init__(pid)
        self.measures = measures

    def resident_bytes(self):
        return self.numbers("smaps_rollup", "Rss")[0] * KIB

    def own_bytes(self):
        """Without what is mapped of files, which is there once for all programs."""
        return self.numbers("smaps_rollup", "Anonymous")[0] * KIB

    def peak_bytes(self):
        return self.numbers("status", "VmHWM")[0] * KIB


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
