"""Tells lies about a history that is right, one for each check, and asks whether the check finds it: spoil.py FOLDER.

The stories of cases/ show what a check looks for; this shows that what clients record is enough for it.
"""
import copy
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile


class Recorded:
    """The events of a folder, in one list each file."""

    def __init__(self, folder):
        self.files = {path.name: [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
                      for path in sorted(pathlib.Path(folder).glob("*.jsonl"))}
        for event in self.all("poll", "ok"):
            event.setdefault("ops", [])
        self.invokes = {event["v"]: event for event in self.all("send", "invoke")}
        self.acknowledged = {event["v"]: event for event in self.all("send", "ok")}
        self.ends = {event["txn"]: event["f"] for function in ("commit", "abort") for event in self.all(function, "ok")}

    def all(self, function, kind):
        return [event for events in self.files.values() for event in events if event["f"] == function and event["type"] == kind]

    def polls(self, *, final=None, committed=None):
        """What came back of polls, of sessions of that kind."""
        found = []
        for events in self.files.values():
            session = {}
            for event in events:
                if event["f"] == "session" and event["role"] == "consumer":
                    session[event["proc"]] = event
                elif event["f"] == "poll" and event["type"] == "ok":
                    mine = session[event["proc"]]
                    if final in (None, mine.get("final", False)) and committed in (None, mine.get("committed", False)):
                        found.append(event)
        return found

    def read_twice(self, prefix):
        """A value in the middle of a partition of these, that the final read and another have."""
        others = {op[2] for poll in self.polls(final=False) for op in poll["ops"][1:-1]}
        for poll in self.polls(final=True, committed=True):
            for before, op, behind in zip(poll["ops"], poll["ops"][1:], poll["ops"][2:]):
                if op[0].startswith(prefix) and before[0] == op[0] == behind[0] and op[2] in others:
                    return op[2]
        raise AssertionError(f"nothing of {prefix} was read twice")

    def forget(self, value, polls):
        for poll in polls:
            poll["ops"] = [op for op in poll["ops"] if op[2] != value]

    def of_transaction(self, how, prefix="w3"):
        """An acknowledged send of one that ended so, among others."""
        return next(invoke for value, invoke in self.invokes.items() if value in self.acknowledged and
                    invoke["k"].startswith(prefix) and self.ends.get(invoke.get("txn")) == how)

    def write(self, folder):
        for name, events in self.files.items():
            (pathlib.Path(folder) / name).write_text("".join(json.dumps(event) + "\n" for event in events), encoding="ascii")


def two_at_one_offset(history):
    first, second = (history.acknowledged[value] for value in neighbours(history))
    second["off"] = first["off"]


def acknowledged_elsewhere(history):
    next(iter(history.acknowledged.values()))["off"] += 1000000


def never_read(history):
    history.forget(history.read_twice("w1"), history.polls())


def not_in_final_read(history):
    history.forget(history.read_twice("w1"), history.polls(final=True))


def aborted_is_read(history):
    send = history.of_transaction("abort")
    poll = history.polls(final=True, committed=True)[-1]
    poll["ops"].append([send["k"], history.acknowledged[send["v"]]["off"], send["v"], send["d"]])


def commit_called_late(history):
    transaction = history.of_transaction("commit")["txn"]
    for kind in ("invoke", "ok"):
        for event in history.all("commit", kind):
            event["t"] += 10**12 if event["txn"] == transaction else 0


def half_a_transaction(history):
    history.forget(history.of_transaction("commit")["v"], history.polls(final=True, committed=True))


def passed_over(history):
    value = history.read_twice("w1")
    history.forget(value, history.polls(final=False))


def went_back(history):
    poll = next(poll for poll in history.polls(final=True) if len(poll["ops"]) > 2 and poll["ops"][0][0] == poll["ops"][1][0])
    poll["ops"][0], poll["ops"][1] = poll["ops"][1], poll["ops"][0]


def neighbours(history):
    """Two values of one idempotent producer that it sent to one partition one behind the other."""
    latest = {}
    plain = {event["proc"] for event in history.all("session", "ok") if event.get("idempotent") is False}
    for value, invoke in history.invokes.items():
        if value not in history.acknowledged or invoke["proc"] in plain:
            continue
        before = latest.get((invoke["proc"], invoke["k"]))
        if before:
            return before, value
        latest[invoke["proc"], invoke["k"]] = value
    raise AssertionError("no two sends of one producer")


def called_in_other_order(history):
    first, second = (history.invokes[value] for value in neighbours(history))
    first_time, second_time, was = first["t"], second["t"], dict(first)
    first.update(second, t=first_time)
    second.update(was, t=second_time)


def acknowledged_before_sent(history):
    """The last of a partition, of another producer, before the first."""
    of_first = {}
    for value, acknowledgement in sorted(history.acknowledged.items(), key=lambda each: each[1]["off"]):
        invoke = history.invokes[value]
        first = of_first.setdefault(invoke["k"], invoke)
        if first["proc"] != invoke["proc"]:
            invoke["t"], acknowledgement["t"] = first["t"] - 2, first["t"] - 1
            return
    raise AssertionError("no partition of two producers")


def read_one_another(history):
    """The writer of what a transaction has read reads that transaction's value."""
    for events in history.files.values():
        begun = {}
        for event in events:
            if event["f"] == "txn_begin":
                begun[event["proc"]] = event["txn"]
            elif event["f"] == "commit" and event["type"] == "invoke":
                begun.pop(event["proc"], None)
            elif event["f"] == "poll" and event["type"] == "ok" and event["proc"] in begun and event["ops"]:
                if close_circle(history, begun[event["proc"]], event["ops"][0][2]):
                    return
    raise AssertionError("no transaction has read another")


def close_circle(history, reader, value):
    writer = history.invokes[value].get("txn")
    own = next((invoke for invoke in history.invokes.values() if invoke.get("txn") == reader), None)
    if not own or history.ends.get(reader) != "commit" or history.ends.get(writer) != "commit" or writer == reader:
        return False
    for events in history.files.values():
        for i, event in enumerate(events):
            if event["f"] == "txn_begin" and event["txn"] == writer:
                session = next((each for each in reversed(events[:i]) if each["f"] == "session" and each["role"] == "consumer"
                                and each["proc"] == event["proc"]), {})
                common = {"t": event["t"] + 1, "proc": event["proc"], "f": "poll"}
                events[i + 1:i + 1] = [common | {"type": "invoke"}, common | {
                    "type": "ok", "ops": [[own["k"], history.acknowledged.get(own["v"], {"off": 0})["off"], own["v"], own["d"]]]}]
                return session.get("committed", False)
    return False


def offset_of_nobody(history):
    next(event for event in history.all("fetch_committed", "ok") if event.get("ops"))["ops"][0][1] += 777777


def copy_is_missing(history):
    copied = next(invoke["v"] for invoke in history.invokes.values() if "from" in invoke and history.ends.get(invoke["txn"]) == "commit")
    history.forget(copied, history.polls(final=True))


def other_content(history):
    next(poll for poll in history.polls() if poll["ops"])["ops"][0][3] ^= 1


def key_is_gone(history):
    latest = [op for poll in history.polls(final=True, committed=True) for op in poll["ops"] if op[0] == "w5-0/0"]
    value = next(op[2] for op in reversed(latest) if not history.invokes[op[2]]["tombstone"])
    history.forget(value, history.polls(final=True))


def start_behind_end(history):
    listing = next(event for event in history.all("list_offsets", "ok") if event.get("ops"))
    listing["ops"][0][1] = listing["ops"][0][2] + 1


LIES = [two_at_one_offset, acknowledged_elsewhere, never_read, not_in_final_read, aborted_is_read, commit_called_late, half_a_transaction,
        passed_over, went_back, called_in_other_order, acknowledged_before_sent, read_one_another, offset_of_nobody, copy_is_missing, other_content,
        key_is_gone, start_behind_end]


def _found(history):
    with tempfile.TemporaryDirectory() as folder:
        history.write(folder)
        done = subprocess.run([*shlex.split(os.environ["CHECKER"]), "check.Checker", folder, "0"], capture_output=True, text=True)
    if done.returncode not in (0, 1, 2) or not done.stdout:
        raise AssertionError(done.stderr[-2000:])
    return {check: count for check, count in json.loads(done.stdout)["counts"].items() if count}


def main():
    recorded = Recorded(sys.argv[1])
    missed = ["the truth"] if (found := _found(recorded)) else []
    print(f"the truth: {found or 'nothing found'}")
    for number, lie in enumerate(LIES, 1):
        spoiled = copy.deepcopy(recorded)
        lie(spoiled)
        found = _found(spoiled)
        missed += [lie.__name__] if f"C{number}" not in found else []
        print(f"C{number} {lie.__name__}: {found}", flush=True)
    print(f"{len(LIES)} lies, {len(missed)} mistakes {missed or ''}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
