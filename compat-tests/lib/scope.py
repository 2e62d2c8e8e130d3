"""A suite's two tables: scope.tsv of the repository (what Apache Kafka showed), and outcomes on Moldau in the build folder."""
import collections
import fcntl

# One test of a run; keys is None where no log of requests was written.
Row = collections.namedtuple("Row", "test outcome keys detail")
# The outcome of a test whose nodes refuse to start as they are to have TLS, SASL or an authorizer.
WANTS_SECURITY = "WANTS SECURITY"
# Outcome on Apache Kafka and the request keys that the test used there.
ScopeRow = collections.namedtuple("ScopeRow", "outcome keys")


def _lines(path):
    if not path.exists():
        return
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def _replace(path, text):
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


class Tables:
    """Of the suites whose folder holds scope.tsv and served.txt. `without_keys` is the verdict on a test that asks a
    broker nothing."""

    def __init__(self, folder, work, without_keys="in"):
        self._scope = folder / "scope.tsv"
        self._served = folder / "served.txt"
        self._work = work
        self._outcomes = work / "moldau.tsv"
        self._without_keys = without_keys

    def verdict(self, row, served):
        """`in`, the keys that are missing, or why the test asks nothing of a broker outside."""
        if not row.keys and self._without_keys != "in":
            return self._without_keys
        if row.outcome != "PASS":
            return "fails on Apache Kafka" if row.outcome == "FAIL" else row.outcome.lower()
        missing = sorted(row.keys - served)
        return "missing " + ",".join(map(str, missing)) if missing else "in"

    def read_scope(self):
        return {(suite, test): ScopeRow(outcome, frozenset(int(k) for k in keys.split(",") if k))
                for suite, test, outcome, keys, _ in _lines(self._scope)}

    def update_scope(self, rows, served):
        """Puts these rows into scope.tsv, which another piece may be writing too; gives the whole."""
        self._work.mkdir(parents=True, exist_ok=True)
        with open(self._work / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            scope = {**self.read_scope(), **rows}
            self._write_scope(scope, served)
        return scope

    def _write_scope(self, scope, served):
        text = "# suite, test, outcome on Apache Kafka 4.3.1, request keys it used there, scope. Written by run.\n"
        for (suite, test), row in sorted(scope.items()):
            keys = ",".join(map(str, sorted(row.keys)))
            text += f"{suite}\t{test}\t{row.outcome}\t{keys}\t{self.verdict(row, served)}\n"
        _replace(self._scope, text)

    def read_served(self):
        return frozenset(int(fields[0]) for fields in _lines(self._served))

    def judge(self, served):
        """Judges scope.tsv anew by the keys that are served now, and remembers those; gives the whole."""
        self._write_served(served)
        return self.update_scope({}, served)

    def _write_served(self, keys):
        _replace(self._served, "# The request keys that Moldau served when scope.tsv was last judged.\n" +
                 "".join(f"{key}\n" for key in sorted(keys)))

    def read_outcomes(self):
        """The last outcome of each test."""
        return {(suite, test): Row(test, outcome, None, detail)
                for suite, test, outcome, detail in _lines(self._outcomes)}

    def append_outcomes(self, suite, rows):
        self._work.mkdir(parents=True, exist_ok=True)
        with open(self._outcomes, "a", encoding="utf-8") as out:
            for row in rows:
                out.write(f"{suite}\t{row.test}\t{row.outcome}\t{row.detail}\n")

    def summary(self):
        """Prints by name what failed and what wants security, and counts; status 1: a test in scope failed."""
        scope, served, outcomes = self.read_scope(), self.read_served(), self.read_outcomes()
        inside = [key for key, row in scope.items() if self.verdict(row, served) == "in"]
        run = [key for key in inside if key in outcomes]
        passed = [key for key in run if outcomes[key].outcome == "PASS"]
        secured = [key for key in run if outcomes[key].outcome == WANTS_SECURITY]
        failed = sorted(set(run) - set(passed) - set(secured))
        for suite, test in sorted(secured):
            print(f"{WANTS_SECURITY} {suite} {test}")
        for suite, test in failed:
            print(f"FAILED {suite} {test}  -- {outcomes[(suite, test)].detail}")
        print(f"collected {len(scope)}, in scope {len(inside)}, passed {len(passed)}, failed {len(failed)}, "
              f"want security {len(secured)}, not run {len(inside) - len(run)}")
        return 1 if failed else 0
