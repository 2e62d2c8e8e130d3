"""Calls the suites' runner, which is not part of this repository, and reads what it leaves."""
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from request_log import keys_of_log  # noqa: E402
from scope import WANTS_SECURITY, Row  # noqa: E402
from served import program  # noqa: E402

REPO = pathlib.Path(__file__).resolve().parents[2]
CONFORMANCE = pathlib.Path(os.environ.get("CONFORMANCE") or REPO.parent / "shared/conformance").resolve()
SUITES = CONFORMANCE / "run"
WORK = pathlib.Path(os.environ.get("MOLDAU_BUILD_DIR") or REPO / "build").resolve() / "compat/conformance"
CACHE = pathlib.Path(os.environ.get("CONFORMANCE_CACHE") or WORK / "cache").resolve()
FLAGS = ["-l", "merged", "-n", "1"]


def _environment(**more):
    return {**os.environ, "CONFORMANCE_CACHE": str(CACHE), **more}


def whole_method(test):
    """class#method of a test's name, or the class where the class itself is what was reported."""
    return re.match(r"[^#]+(#[^\s(\[]+)?", test).group()


def method_of(test):
    return whole_method(test).partition("#")[2]


def _without_number(test):
    """The same name for an invocation in each run: JUnit numbers arguments as they come, and some come from a hashed set."""
    return re.sub(r"\[\[\d+\] ", "[", test)


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
            found[test.split("#")[0]].append(_without_number(test))
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
    more = _apache_commands() if broker == "apache" else {"MOLDAU": str(program())}
    begin = time.monotonic()
    with open(out / "output.txt", "w", encoding="utf-8") as output:
        subprocess.run([SUITES, *FLAGS, *preset, "-o", out, "-c", re.escape(name), "-m", f"^({'|'.join(methods)})$", suite],
                       check=False, stdout=output, stderr=subprocess.STDOUT, env=_environment(**more))
    rows = rows_of_class(name, broker)
    counts = collections.Counter(row.outcome for row in rows)
    print(f"{broker} {name}: {dict(counts)}, {time.monotonic() - begin:.0f} s", flush=True)
    return rows


def folder_of(broker, name):
    # The runner's commands go through a shell, which a nested class's dollar would mean something to.
    return WORK / broker / name.replace("$", "-")


def rows_of_class(name, broker):
    """What the last run of a class left, also one that was cut off."""
    out = folder_of(broker, name)
    results = out / "results.tsv"
    rows = []
    for line in results.read_text(encoding="utf-8").splitlines() if results.exists() else []:
        outcome, _, test, detail = line.split("\t", 3)
        # A class that starts its nodes in a static field has left out those nodes only by failing.
        outcome = "SKIPPED" if outcome == "FAIL" and re.search(r"TestAbortedException: needs \d+ nodes", detail) else outcome
        if outcome == "FAIL" and broker == "moldau" and _is_refused_security(out / "logs", test, detail):
            outcome = WANTS_SECURITY
        keys = _keys(out / "logs", test) if broker == "apache" else None
        rows.append(Row(_without_number(test), outcome, keys, detail))
    return rows


def _is_refused_security(logs, test, detail):
    """Whether the test failed as its node did not start with TLS, SASL or an authorizer."""
    wants = re.compile(r"^(authorizer\.class\.name=\S|listener\.security\.protocol\.map=.*(SSL|SASL_))", re.MULTILINE)
    return re.search(r"node \d+ exited with 1", detail) is not None and any(
        wants.search(path.read_text(encoding="utf-8"))
        for folder in _log_folders(logs, test) for path in folder.glob("*.properties"))


def _log_folder(test):
    """The runner's name of a test's folder."""
    kind, _, rest = test.partition("#")
    return re.sub(r"[^A-Za-z0-9_.=-]+", "_", kind.rsplit(".", 1)[-1] + ("#" + rest if rest else ""))[:150]


def _keys(logs, test):
    """Request keys of the test's nodes, and of those that its class or method started for all tests."""
    keys = set()
    for folder in _log_folders(logs, test):
        for log in folder.glob("*.log"):
            keys |= keys_of_log(log)
    return frozenset(keys)


def _log_folders(logs, test):
    """Of the test, its method, and its class."""
    kind = test.split("#")[0]
    return [logs / _log_folder(owner) for owner in (test, f"{kind}#{method_of(test)}", kind)]
