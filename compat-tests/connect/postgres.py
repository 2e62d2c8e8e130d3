"""A PostgreSQL of its own for a test, from Debian's packages."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

from connection import free_port
from waiting import Skip, until

_OWNER = "postgres"
_SETTINGS = {
    "listen_addresses": "127.0.0.1", "wal_level": "logical", "fsync": "off", "max_wal_size": "256MB", "shared_buffers": "32MB"}


def _programs():
    """The folder of the newest release that is installed."""
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not folders:
        raise Skip("PostgreSQL is not installed")
    return folders[-1].parent


class Postgres:
    """A cluster with logical decoding, on loopback, in a folder of its own; runs within its block."""

    def __init__(self):
        self._programs, self.port = _programs(), free_port()
        # It refuses to run as root, and what its owner cannot enter is no place for it.
        self._as_owner = {"user": _OWNER, "group": _OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
        self._process = None

    def __enter__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp())
        if self._as_owner:
            owner = pwd.getpwnam(_OWNER)
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        data = self._folder / "data"
        subprocess.run([self._programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
                       check=True, stdout=subprocess.DEVNULL, cwd=self._folder, **self._as_owner)
        settings = _SETTINGS | {"port": self.port, "unix_socket_directories": self._folder}
        with open(self._folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder, **self._as_owner)
        try:
            until(lambda: self._psql("SELECT 1;").returncode == 0, "PostgreSQL serves")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # An immediate shutdown: it waits for nobody, and takes its processes with it.
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        shutil.rmtree(self._folder)

    def _psql(self, text):
        return subprocess.run(
            [self._programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port),
             "-U", "postgres", "-F", "\t", "-P", "null=\\N"], input=text, capture_output=True, text=True, timeout=300)

    def execute(self, text):
        """Runs statements; the rows of their answers, as lists of text."""
        done = self._psql(text)
        if done.returncode != 0:
            raise AssertionError(f"psql has status {done.returncode}: {done.stderr[-1000:]}")
        return [line.split("\t") for line in done.stdout.splitlines()]
