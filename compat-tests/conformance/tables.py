"""The two tables: scope.tsv of the repository (what Apache Kafka showed), and outcomes on Moldau in the build folder."""
import collections
import fcntl
import pathlib

import harness

SCOPE = pathlib.Path(__file__).resolve().parent / "scope.tsv"
SERVED = SCOPE.with_name("served.txt")
OUTCOMES = harness.WORK / "moldau.tsv"

# Outcome on Apache Kafka and the request keys that the test used there.
ScopeRow = collections.namedtuple("ScopeRow", "outcome keys")


def _lines(path):
    if not path.exists():
        return
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def verdict(row, served):
    """`in`, the keys that are missing, or why the test asks nothing of a broker outside."""
    if row.outcome != "PASS":
        return "fails on Apache Kafka" if row.outcome == "FAIL" else row.outcome.lower()
    missing = sorted(row.keys - served)
    return "missing " + ",".join(map(str, missing)) if missing else "in"


def read_scope():
    return {(suite, test): ScopeRow(outcome, frozenset(int(k) for k in keys.split(",") if k))
            for suite, test, outcome, keys, _ in _lines(SCOPE)}


def update_scope(rows, served):
    """Puts these rows into scope.tsv, which another piece may be writing too; gives the whole."""
    harness.WORK.mkdir(parents=True, exist_ok=True)
    with open(harness.WORK / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        scope = {**read_scope(), **rows}
        _write_scope(scope, served)
    return scope


def _write_scope(scope, served):
    text = "# suite, test, outcome on Apache Kafka 4.3.1, request keys it used there, scope. Written by run.\n"
    for (suite, test), row in sorted(scope.items()):
        keys = ",".join(map(str, sorted(row.keys)))
        text += f"{suite}\t{test}\t{row.outcome}\t{keys}\t{verdict(row, served)}\n"
    _replace(SCOPE, text)


def read_served():
    return frozenset(int(fields[0]) for fields in _lines(SERVED))


def write_served(keys):
    _replace(SERVED, "# The request keys that Moldau served when scope.tsv was last judged.\n" +
             "".join(f"{key}\n" for key in sorted(keys)))


def read_outcomes():
    """The last outcome of each test."""
    return {(suite, test): harness.Row(test, outcome, None, detail)
            for suite, test, outcome, detail in _lines(OUTCOMES)}


def append_outcomes(suite, rows):
    OUTCOMES.parent.mkdir(parents=True, exist_ok=True)
    with open(OUTCOMES, "a", encoding="utf-8") as out:
        for row in rows:
            out.write(f"{suite}\t{row.test}\t{row.outcome}\t{row.detail}\n")


def _replace(path, text):
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
