"""Whether docs/pitfalls.md names a test for each of its rows, and tests that exist. Alone: says what is wrong, with status 1.

A row is `number | what is promised | tests`. A test is `PLACE NAME` in backticks, as the page's own table of places has them; a
row without one says with which part of Moldau it comes.
"""
import json
import pathlib
import re
import sys

_HERE = pathlib.Path(__file__).resolve().parent
_REPO = _HERE.parents[1]
_PAGE = _REPO / "docs/pitfalls.md"
_ROWS = [str(number) for number in range(1, 22)] + [f"C{number}" for number in range(1, 13)]
_WITHOUT_TEST = re.compile(r"comes with |not shown: ")


def _text(path):
    return (_REPO / "compat-tests" / path).read_text(encoding="utf-8")


def _own_tests():
    """Those that modules list, and that are defined there."""
    texts = [path.read_text(encoding="utf-8") for path in _HERE.glob("*.py")]
    listed = re.findall(r"\w+", " ".join(sum((re.findall(r"^TESTS = \(([\w, ]*)\)$", text, re.M) for text in texts), [])))
    return {name for text in texts for name in re.findall(r"^def (\w+)\(folder\):", text, re.M) if name in listed}


def _names_of_steps(steps):
    for step in steps:
        yield step.get("name")
        yield from _names_of_steps(step.get("steps", []))


def _is_in_oracle(name):
    """`CASE`, or `CASE: name of a step`."""
    case, _, step = name.partition(": ")
    path = _REPO / f"compat-tests/oracle/cases/{case}.json"
    if not path.exists():
        return False
    return not step or step in _names_of_steps(json.loads(path.read_text(encoding="utf-8"))["steps"])


def _is_clients_check(name):
    """`CHECK` of all clients, or `CLIENT/CHECK`."""
    client, slash, check = name.rpartition("/")
    is_client = not slash or (_REPO / f"compat-tests/clients/{client}/run").exists()
    return is_client and re.search(f"^{re.escape(check)} ", _text("clients/checks.txt"), re.M)


_PLACES = {
    "pitfalls": lambda name: name in _own_tests(),
    "oracle": _is_in_oracle,
    "clients": _is_clients_check,
    "image": lambda name: re.search(rf"^{re.escape(name)}\(\) {{", _text("image/run"), re.M),
    "bad-input": lambda name: f'"{name}": ' in _text("bad-input/bad_input.py"),
    "crash": lambda name: f'"$0" {name} ' in _text("crash/run"),
    "first-steps": lambda name: (_REPO / "compat-tests/first-steps" / name).exists(),
}


def faults():
    """What is wrong with the page, a line each."""
    rows, named = [], set()
    for line in _PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not re.fullmatch(r"C?\d+", cells[0]):
            continue
        number, tests = cells[0], re.findall(r"`([^`]*)`", cells[-1])
        rows.append(number)
        if not tests and not _WITHOUT_TEST.match(cells[-1]):
            yield f"row {number} names no test"
        for test in tests:
            place, _, name = test.partition(" ")
            named.add(test)
            if place not in _PLACES or not _PLACES[place](name):
                yield f"row {number}: there is no test `{test}`"
    if rows != _ROWS:
        yield f"the rows are {rows}"
    for name in sorted(_own_tests()):
        if f"pitfalls {name}" not in named:
            yield f"no row names `pitfalls {name}`"


def main():
    found = list(faults())
    for fault in found:
        print(f"docs/pitfalls.md: {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
