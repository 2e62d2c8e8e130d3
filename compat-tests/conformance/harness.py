"""Calls the suites' runner, which is not part of this repository, and reads what it leaves."""
import collections
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
CONFORMANCE = pathlib.Path(os.environ.get("CONFORMANCE") or REPO.parent / "shared/conformance").resolve()
SUITES = CONFORMANCE / "run"
WORK = pathlib.Path(os.environ.get("MOLDAU_BUILD_DIR") or REPO / "build").resolve() / "compat/conformance"
CACHE = pathlib.Path(os.environ.get("CONFORMANCE_CACHE") or WORK / "cache").resolve()
FLAGS = ["-l", "merged", "-n", "1"]

# One test of a run; keys is None where no log of requests was written.
Row = collections.namedtuple("Row", "test outcome keys detail")

_REQUEST = re.compile(r'^REQUEST .*?"requestApiKey":(\d+),.*?"clientId":(?:"([^"]*)"|null)')
# What the node asks of itself: its own heartbeats, its quorum, its coordinators.
_OWN_CLIENT = re.compile(r"\d+|raft-client-\d+|(broker|controller|node)-\d+-.*|.*[Pp]ersister.*")


def _environment(**more):
    return {**os.environ, "CONFORMANCE_CACHE": str(CACHE), **more}


def whole_method(test):
    """class#method of a test's name, or the class where the class itself is what was reported."""
    return re.match(r"[^#]+(#[^\s(\[]+)?", test).group()


def method_of(test):
    return whole_method(test).partition("#")[2]


def classes(suite):
    """Class name to its tests, as the runner lists them; asked once."""
    listed = WORK / f"{suite}.list"
    if not listed.exists():
        out = WORK / "list"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        subprocess.run([SUITES, "--list", *FLAGS, "-b", "env", "-o", out, suite], check=True, stdout=subprocess.DEVNULL,
                       env=_environment(BROKER_START="none"))
        names = sorted({line.split("\t")[2] for line in (out / "results.tsv").read_text().splitlines()
                        if line.startswith("LISTED\t")})
        listed.write_text("".join(name + "\n" for name in names))
    found = collections.defaultdict(list)
    for test in listed.read_text().splitlines():
        if "#" in test:
            found[test.split("#")[0]].append(test)
    return found


def _apache_commands():
    answer = subprocess.run(["bash", REPO / "compat-tests/conformance/apache.sh"], check=True, text=True, stdout=subprocess.PIPE,
                            env=_environment(CONFORMANCE=str(CONFORMANCE), CACHE=str(CACHE), LIBS=str(CACHE / "libs")))
    format_command, start_command = answer.stdout.splitlines()
    return {"BROKER_FORMAT": format_command, "BROKER_START": start_command}


def run_class(suite, name, methods, broker):
    """Runs these methods of a class and gives a row for each test."""
    out = folder_of(broker, name)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    preset = ["-b", "env"] if broker == "apache" else ["-b", "moldau"]
    more = _apache_commands() if broker == "apache" else {"MOLDAU": str(_program())}
    begin = time.monotonic()
    with open(out / "output.txt", "w", encoding="utf-8") as output:
        subprocess.run([SUITES, *FLAGS, *preset, "-o", out, "-c", re.escape(name), "-m", f"^({'|'.join(methods)})$", suite],
                       check=False, stdout=output, stderr=subprocess.STDOUT, env=_environment(**more))
    rows = rows_of_class(name, broker)
    counts = collections.Counter(row.outcome for row in rows)
    print(f"{broker} {name}: {dict(counts)}, {time.monotonic() - begin:.0f} s", flush=True)
    return rows


def folder_of(broker, name):
    return WORK / broker / name


def rows_of_class(name, broker):
    """What the last run of a class left, also one that was cut off."""
    out = folder_of(broker, name)
    results = out / "results.tsv"
    rows = []
    for line in results.read_text(encoding="utf-8").splitlines() if results.exists() else []:
        outcome, _, test, detail = line.split("\t", 3)
        rows.append(Row(test, outcome, _keys(out / "logs", test) if broker == "apache" else None, detail))
    return rows


def _log_folder(test):
    """The runner's name of a test's folder."""
    kind, _, rest = test.partition("#")
    return re.sub(r"[^A-Za-z0-9_.=-]+", "_", kind.rsplit(".", 1)[-1] + ("#" + rest if rest else ""))[:150]


def _keys(logs, test):
    """Request keys of the test's nodes, and of those that its class or method started for all tests."""
    keys = set()
    kind = test.split("#")[0]
    for owner in (test, f"{kind}#{method_of(test)}", kind):
        for log in (logs / _log_folder(owner)).glob("*.log"):
            keys |= keys_of_log(log)
    return frozenset(keys)


def keys_of_log(log):
    """The keys that clients sent, without what the node asks of itself."""
    keys = set()
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            request = _REQUEST.match(line)
            if request and not _OWN_CLIENT.fullmatch(request.group(2) or ""):
                keys.add(int(request.group(1)))
    return keys


def _program():
    program = os.environ.get("MOLDAU") or REPO / "build/release/moldau"
    return pathlib.Path(program).resolve(strict=True)


def _free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def served_keys():
    """The keys that the program says it serves."""
    program = _program()
    with tempfile.TemporaryDirectory() as folder:
        port, controller = _free_port(), _free_port()
        properties = pathlib.Path(folder) / "server.properties"
        properties.write_text(f"process.roles=broker,controller\nnode.id=0\ncontroller.listener.names=CONTROLLER\n"
                              f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n"
                              f"controller.quorum.voters=0@127.0.0.1:{controller}\nlog.dirs={folder}/data\n")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([program, "storage", "format", "-t", "bW9sZGF1LWNvbXBhdC0xMQ", "-c", properties], check=True, **quiet)
        with subprocess.Popen([program, "server", properties], **quiet) as node:
            try:
                address = ["--bootstrap-server", f"127.0.0.1:{port}"]
                subprocess.run([program, "ready", *address], check=True, timeout=60, **quiet)
                text = subprocess.run([program, "api-versions", *address], check=True, text=True, stdout=subprocess.PIPE).stdout
            finally:
                node.send_signal(signal.SIGTERM)
    return frozenset(int(m.group(1)) for m in re.finditer(r"\((\d+)\): \d", text))
