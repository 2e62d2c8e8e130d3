"""Ends the ext4 that is mounted at FOLDER as a power cut does, and before it the processes that write there.

    cut_power.py FOLDER [PID...]

The processes stay stopped. What the page cache holds never gets to the disk, nor does the journal.
"""

import fcntl
import os
import pathlib
import signal
import struct
import sys

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2
# Stopped, ended, or in a call to the disk, from which it does not come back as itself.
HALTED = "TtZXD"


def states(pid):
    for stat in pathlib.Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            yield stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            pass  # this thread has ended


def main():
    folder, *pids = sys.argv[1:]
    descriptor = os.open(folder, os.O_RDONLY)
    for pid in map(int, pids):
        try:
            os.kill(pid, signal.SIGSTOP)
        except ProcessLookupError:
            continue
        while any(state not in HALTED for state in states(pid)):
            pass
    fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))


main()
