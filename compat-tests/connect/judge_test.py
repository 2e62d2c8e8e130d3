"""Shows each judge on what it is there to find. `run` calls this first."""
import json

from changes import Change
from events import Events
from judge import judge_at_least_once, judge_each

_WRITTEN = ["a", "b", "c"]


def _complaint(judge, *arguments):
    try:
        judge(*arguments)
    except AssertionError as error:
        return str(error)
    raise SystemExit(f"judge_test: {judge.__name__} finds nothing wrong with {arguments}")


def _finds(words, judge, *arguments):
    said = _complaint(judge, *arguments)
    if words not in said:
        raise SystemExit(f"judge_test: {judge.__name__} says '{said}' in place of '{words}'")


def _event(operation, before, after):
    def image(row):
        return row and dict(zip(("id", "change", "words"), row))
    key = (after or before)[0]
    return json.dumps({"id": key}), json.dumps({"op": operation, "before": image(before), "after": image(after)})


def _replay(*records, has_tombstones=True):
    events = Events(has_tombstones)
    for record in records:
        events.add(*record)
    return events


def main():
    judge_each("t", ["a", "b", "c"], _WRITTEN)
    _finds("1 (b) lost, 0 doubled, 0 never written", judge_each, "t", ["a", "c"], _WRITTEN)
    _finds("0 lost, 1 (b) doubled, 0 never written", judge_each, "t", ["a", "b", "b", "c"], _WRITTEN)
    _finds("0 lost, 0 doubled, 1 (d) never written", judge_each, "t", ["a", "b", "c", "d"], _WRITTEN)
    _finds("another order", judge_each, "t", ["a", "c", "b"], _WRITTEN)
    if judge_at_least_once("t", ["a", "b", "a", "b", "c"], _WRITTEN) != 2:
        raise SystemExit("judge_test: doubled lines are not counted")
    _finds("1 (c) lost", judge_at_least_once, "t", ["a", "b", "b"], _WRITTEN)
    _finds("1 (bc) never written", judge_at_least_once, "t", ["a", "b", "bc", "c"], _WRITTEN)

    row, newer, tombstone = (1, 1, "x"), (1, 2, None), (json.dumps({"id": 1}), None)
    made, changed, gone = _event("c", None, row), _event("u", row, newer), _event("d", newer, None)
    events = _replay(made, changed, gone, tombstone, made)
    if events.image != {1: row} or events.changes[2] != Change("d", newer) or not events.have(Change("c", row)):
        raise SystemExit(f"judge_test: replayed, the events give {events.image} and {events.changes}")
    if _replay(made, changed, gone).have(Change("d", newer)):
        raise SystemExit("judge_test: a deletion without its tombstone is whole")
    _finds("where the row is None", _replay, changed)
    _finds("where the row is (1, 1, 'x')", _replay, made, gone)
    _finds("which a tombstone has to follow", _replay, made, changed, gone, made)
    _finds("which a tombstone has to follow", _replay, tombstone)
    without = _replay(made, changed, gone, made, has_tombstones=False)
    if without.image != {1: row} or not without.have(Change("d", newer)):
        raise SystemExit(f"judge_test: without tombstones the events give {without.image} and {without.changes}")
    _finds("which a tombstone has to follow", without.add, *tombstone)


if __name__ == "__main__":
    main()
