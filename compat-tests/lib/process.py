"""A process as the kernel accounts for it."""
import os
import pathlib


class Process:
    """Figures of /proc/PID; FileNotFoundError or ProcessLookupError once it is gone, KeyError while it goes."""

    def __init__(self, pid):
        self._folder = pathlib.Path("/proc") / str(pid)

    def runs(self):
        try:
            return "\nState:\tZ" not in (self._folder / "status").read_text(encoding="ascii")
        except FileNotFoundError:
            return False

    def numbers(self, name, *fields):
        """Those behind `Field:` in one of its files, read once; sizes are in KiB."""
        lines = (self._folder / name).read_text(encoding="ascii").splitlines()
        found = {field: value for field, _, value in (line.partition(":") for line in lines)}
        return [int(found[field].split()[0]) for field in fields]

    def cpu_seconds(self):
        """User and system time of all its threads."""
        # The name of the program, which may hold anything, ends with the last parenthesis.
        fields = (self._folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        return len(os.listdir(self._folder / "fd"))

    def forget_peak(self):
        """VmHWM of `status` begins anew."""
        (self._folder / "clear_refs").write_text("5", encoding="ascii")
