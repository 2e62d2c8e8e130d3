#!/usr/bin/env python3
"""Holds the tree against the rules a compiler cannot know. Usage: tidy.py [ROOT]; status 1 if one is broken.

Rules: include direction between rooms (rooms.txt), names that stay in their rooms, sizes, what may lie in the
repository. What exceptions.txt allows is exact, so it can only shrink."""

import pathlib
import sys

import call_rules
import exceptions
import include_rules
import size_rules
import tree_rules
from tree import Tree

HERE = pathlib.Path(__file__).resolve().parent


def findings(tree, rooms):
    yield from include_rules.check_rooms(tree, rooms)
    yield from include_rules.check_libraries(tree)
    yield from call_rules.check_bans(tree)
    yield from call_rules.check_unordered(tree)
    yield from size_rules.check_files(tree)
    yield from size_rules.check_functions(tree)
    yield from tree_rules.check_top_level(tree)
    yield from tree_rules.check_texts(tree)
    yield from tree_rules.check_room_page(tree, rooms)


def complaints(tree, rooms_text, exceptions_text):
    """All that is wrong with the tree, as texts."""
    allowances, problems = exceptions.parse(exceptions_text)
    rooms = include_rules.parse_rooms(rooms_text)
    return problems + exceptions.judge(findings(tree, rooms), allowances)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else HERE.parent.parent
    tree = Tree.read(root)
    if not any(tree.under("src")):
        sys.exit("no source under src/: is this the root of the repository?")
    found = complaints(tree, (HERE / "rooms.txt").read_text(), (HERE / "exceptions.txt").read_text())
    print("\n".join(found) or f"{len(tree.texts)} files are tidy")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
