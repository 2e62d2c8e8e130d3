"""Runs the pieces that are asked for. `run` calls this."""
import argparse
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

import debezium
import kills
import rest
import standalone
from waiting import Skip

PIECES = {module.__name__: module.run for module in (standalone, rest, kills, debezium)}


def _options():
    parser = argparse.ArgumentParser()
    parser.add_argument("piece", nargs="?", choices=PIECES, help="all if none is named")
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--changes", type=int, default=100_000)
    parser.add_argument("--at-least-once", action="store_true")
    return parser.parse_args()


def _run(piece, folder, options):
    """None where this machine lacks something."""
    began = time.monotonic()
    folder.mkdir()
    try:
        figures = PIECES[piece](folder, options)
    except Skip as why:
        print(f"SKIPPED: {piece}: {why}", flush=True)
        return None
    except Exception as error:
        print(f"FAILED: {piece}: {error}", flush=True)
        if not isinstance(error, AssertionError):
            traceback.print_exc()
        return False
    print(f"ok: {piece}: {figures}, {time.monotonic() - began:.0f} s", flush=True)
    return True


def main():
    options = _options()
    work = pathlib.Path(tempfile.mkdtemp())
    outcomes = [_run(piece, work / piece, options) for piece in ([options.piece] if options.piece else PIECES)]
    if False in outcomes:
        print(f"what was left: {work}", file=sys.stderr)
        return 1
    shutil.rmtree(work)
    return 0 if True in outcomes else 77


if __name__ == "__main__":
    sys.exit(main())
