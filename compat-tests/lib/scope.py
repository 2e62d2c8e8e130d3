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
        """Prints by name what failed and what wants security, and totals; status 1: a test in scope failed."""
        scope, served, outcomes = self.read_scope(), self.read_served(), self.read_outcomes()
        ends = {key: self._end(self.verdict(row, served), outcomes.get(key)) for key, row in scope.items()}
        for key, end in sorted(ends.items()):
            if end == WANTS_SECURITY:
                print(end, *key)
            elif end == "failed":
                print("FAILED", *key, "-- " + outcomes[key].detail)
        for suite in sorted({suite for suite, _ in scope}):
            print(f"{suite}: {self._totals(scope, ends, suite)}")
        print(f"all: {self._totals(scope, ends)}")
        return 1 if "failed" in ends.values() else 0

    @staticmethod
    def _end(verdict, outcome):
        """What became of a test on Moldau."""
        if verdict.startswith("missing"):
            return "want other keys"
        if verdict != "in":
            return "out"
        if outcome is None:
            return "not run"
        return {"PASS": "passed", WANTS_SECURITY: WANTS_SECURITY}.get(outcome.outcome, "failed")

    @staticmethod
    def _totals(scope, ends, suite=None):
        of_suite = [key for key in scope if suite in (None, key[0])]
        count = collections.Counter(ends[key] for key in of_suite)
        on_apache = sum(scope[key].outcome == "PASS" for key in of_suite)
        return (f"{on_apache} of {len(of_suite)} pass on Apache Kafka; on Moldau {count['passed']} passed, {count['failed']} failed, "
                f"{count[WANTS_SECURITY]} want security, {count['want other keys']} want other keys, {count['not run']} not run")
