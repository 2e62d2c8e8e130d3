"""Runs franz-go's tests one by one, each on a node that no test used before."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import messages  # noqa: E402
from connection import connect  # noqa: E402
from request_log import keys_of_log  # noqa: E402
from scope import Row  # noqa: E402
from served import program  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
WORK = pathlib.Path(os.environ.get("MOLDAU_BUILD_DIR") or HERE.parents[1] / "build").resolve() / "compat/kgo"
PROGRAMS = WORK / "franz-go"
# A tenth of what the tests take by themselves: a chain of groups still rebalances under load, and all of it ends in minutes
# on two cores. The replication factor is that of one node.
SETTINGS = {"KGO_TEST_RECORDS": os.environ.get("KGO_TEST_RECORDS", "50000"), "KGO_TEST_RF": "1"}
TEST_TIMEOUT_S = 600
# What a node holds back is logged once it is answered: fetches, for 5 s by the client's default.
_HELD_S, _FETCH = 6, 1
_SASL_KEYS = {17, 36}
_REPORT = re.compile(r"^( *)--- (PASS|FAIL|SKIP): (\S+) \([\d.]+s\)$", re.MULTILINE)
_COMPLAINT = re.compile(r"^ +(\w+_test\.go:\d+: .*)|^(panic: .*)|^ +(testConsumer sendErr .*)", re.MULTILINE)


def build():
    """Status of build.sh: 77 where this machine lacks something."""
    WORK.mkdir(parents=True, exist_ok=True)
    return subprocess.run(["bash", HERE / "build.sh", PROGRAMS], check=False).returncode


def tests():
    listed = subprocess.run([PROGRAMS / "tests", "-test.list", "^Test"], check=True, text=True, stdout=subprocess.PIPE)
    return listed.stdout.split()


class Nodes:
    """The nodes of one broker. A node that was asked nothing is left to the next test."""

    def __init__(self, broker, served=frozenset()):
        self.broker = broker
        sasl = ["sasl"] if broker == "apache" or _SASL_KEYS <= served else []
        environment = {**os.environ, "MOLDAU": str(program())} if broker == "moldau" else None
        self._node = subprocess.Popen(["bash", HERE / "node.sh", broker, *sasl], text=True, env=environment,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._addresses = None
        self._warm_up()

    def _warm_up(self):
        """The first group of all waits for the topic of offsets; a client that does not wait would miss what is tested."""
        deadline = time.monotonic() + 60
        with connect(self.addresses()[0]) as connection:
            while messages.call(connection, "FindCoordinator", 4, {"KeyType": 0, "CoordinatorKeys": ["first"]})[
                    "Coordinators"][0]["ErrorCode"] != 0:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{self.broker}: no coordinator of groups in time")
                time.sleep(0.1)
        self._addresses = None
        self._ask("keep", "kept")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """What runs ends with node.sh, which ends with its input."""
        self._node.stdin.close()
        self._node.wait()

    def addresses(self):
        if self._addresses is None:
            self._addresses = self._ask("start", "ready")
        return self._addresses

    def copy_log(self, folder):
        self._ask(f"log {folder}", "logged")

    def stop(self, folder):
        """Properties and log of the node are in the folder behind it. False if it did not stop in order."""
        self._addresses = None
        return self._ask(f"stop {folder}", "stopped") == ["0"]

    def _ask(self, order, expected):
        self._node.stdin.write(order + "\n")
        self._node.stdin.flush()
        answer = self._node.stdout.readline().split()
        if answer[:1] != [expected]:
            raise RuntimeError(f"{self.broker}: no answer to {order}; its words are above")
        return answer[1:]


def _environment(addresses):
    found = {**os.environ, **SETTINGS, "KGO_SEEDS": addresses[0]}
    if len(addresses) > 1:
        found |= {"KGO_TEST_SCRAM_SEEDS": addresses[1], "KGO_TEST_OAUTH_SEEDS": addresses[1], "KGO_TEST_SCRAM": "testuser:testpass"}
    return found


def _selection(test):
    """Go's patterns take the name apart at its slashes, and those behind the last are children, or brothers with a longer name.
    A brother whose name is the beginning of this one cannot be left out."""
    pattern = "/".join(f"^{re.escape(part)}$" for part in test.split("/"))
    if "/" not in test:
        return [PROGRAMS / "tests", "-test.run", pattern]
    return [PROGRAMS / "one", "-test.run", pattern, "-test.skip", pattern + "/."]


def folder_of(broker, test):
    return WORK / broker / test.replace("/", "+")


def run_test(test, nodes):
    """One test, or one subtest, alone: its row, and its output."""
    folder = folder_of(nodes.broker, test)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = _environment(nodes.addresses())
    began = time.monotonic()
    with open(folder / "output.txt", "w", encoding="utf-8") as output:
        command = [*_selection(test), "-test.v", f"-test.timeout={TEST_TIMEOUT_S}s"]
        subprocess.run(command, check=False, cwd=PROGRAMS / "pkg/kgo", env=environment, stdin=subprocess.DEVNULL,
                       stdout=output, stderr=subprocess.STDOUT)
    seconds = time.monotonic() - began
    text = (folder / "output.txt").read_text(encoding="utf-8", errors="replace")
    outcome, detail = _judge(test, text)
    if nodes.broker == "apache":
        row = Row(test, outcome, _keys(nodes, folder), detail)
    elif nodes.stop(folder):
        row = Row(test, outcome, None, detail)
    else:
        row = Row(test, "FAIL", None, "the node did not stop in order")
    print(f"{nodes.broker} {test}: {row.outcome}, {seconds:.0f} s", flush=True)
    return row, text


def _judge(test, text):
    """Outcome, and of a failure the first complaint."""
    outcomes = {name: outcome for _, outcome, name in _REPORT.findall(text)}
    outcome = outcomes.get(test, "FAIL")
    complaint = _COMPLAINT.search(text) if outcome == "FAIL" else None
    return outcome, " ".join(next(filter(None, complaint.groups())).split())[:300] if complaint else ""


def _keys(nodes, folder):
    """What the test asked the node, which is stopped unless that is nothing."""
    # The line of an answer is written behind the answer.
    time.sleep(0.5)
    nodes.copy_log(folder)
    keys = keys_of_log(folder / "log")
    if not keys:
        return frozenset()
    if _FETCH not in keys:
        time.sleep(_HELD_S)
    nodes.stop(folder)
    return frozenset(keys_of_log(folder / "log"))


def subtests(text):
    """Names of those that have no further subtests, of a test's output; the test itself is none."""
    reports = [(len(indent), name) for indent, _, name in _REPORT.findall(text)]
    following = [depth for depth, _ in reports[1:]] + [0]
    return [name for (depth, name), after in zip(reports, following) if depth > 0 and after <= depth]
