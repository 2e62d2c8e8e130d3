"""Files that are not needed any more.

ext4 does not take an inode again that was freed within the last minutes, and looks at all of those near by for each new
file: a thousand partitions made where as many were just removed cost seconds of the kernel's time.
"""

import os
import shutil
import tempfile
import time

# The most that fs/ext4/ialloc.c asks for.
_FREED_LATELY_S = 360
_STAMP = "removed"


def set_aside(folder):
    """Makes room for another folder of that name. The files stay, without their contents, until the end of the case."""
    for parent, _, names in os.walk(folder):
        for path in (os.path.join(parent, name) for name in names):
            # Snapshots are read-only, and small.
            if os.access(path, os.W_OK):
                os.truncate(path, 0)
    folder.rename(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))


def remove(folder):
    """Removes the folder of a case, and notes when."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder.parent / _STAMP).touch()


def wait_for_inodes(bench_folder):
    """Until none is left that was freed lately with the folder of a case."""
    stamp = bench_folder / _STAMP
    if stamp.exists():
        time.sleep(max(0, stamp.stat().st_mtime + _FREED_LATELY_S - time.time()))
