"""Which request keys the program under test serves."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile

from connection import free_port

_REPO = pathlib.Path(__file__).resolve().parents[2]


def program():
    return pathlib.Path(os.environ.get("MOLDAU") or _REPO / "build/release/moldau").resolve(strict=True)


def served_keys():
    """The keys that the program says it serves."""
    moldau = program()
    with tempfile.TemporaryDirectory() as folder:
        port, controller = free_port(), free_port()
        properties = pathlib.Path(folder) / "server.properties"
        properties.write_text(f"process.roles=broker,controller\nnode.id=0\ncontroller.listener.names=CONTROLLER\n"
                              f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n"
                              f"controller.quorum.voters=0@127.0.0.1:{controller}\nlog.dirs={folder}/data\nmoldau.admin.listener=\n")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([moldau, "storage", "format", "-t", "bW9sZGF1LWNvbXBhdC0xMQ", "-c", properties], check=True, **quiet)
        with subprocess.Popen([moldau, "server", properties], **quiet) as node:
            try:
                address = ["--bootstrap-server", f"127.0.0.1:{port}"]
                subprocess.run([moldau, "ready", *address], check=True, timeout=60, **quiet)
                text = subprocess.run([moldau, "api-versions", *address], check=True, text=True, stdout=subprocess.PIPE).stdout
            finally:
                node.send_signal(signal.SIGTERM)
    return frozenset(int(m.group(1)) for m in re.finditer(r"\((\d+)\): \d", text))
