"""Runs the tests by their names: a line each, and the counts at the end. `run` calls this."""
import argparse
import pathlib
import shutil
import sys
import tempfile
import traceback

import data_path
import frameworks
import groups
import program
from waiting import Skip

_MODULES = (data_path, groups, frameworks, program)
TESTS = {test.__name__: test for module in _MODULES for test in module.TESTS}


def _run(name, work):
    folder = pathlib.Path(work) / name
    folder.mkdir()
    try:
        TESTS[name](folder)
    except Skip as why:
        print(f"skipped  {name}: {why}", flush=True)
        return None
    except Exception as error:
        print(f"FAILED   {name}: {type(error).__name__}: {error}", flush=True)
        if not isinstance(error, AssertionError):
            traceback.print_exc()
        return False
    print(f"ok       {name}", flush=True)
    shutil.rmtree(folder)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="TEST", help=", ".join(TESTS))
    names = parser.parse_args().names or list(TESTS)
    if unknown := set(names) - set(TESTS):
        parser.error(f"no such tests: {unknown}")
    work = tempfile.mkdtemp()
    outcomes = [_run(name, work) for name in names]
    failed = outcomes.count(False)
    if failed:
        print(f"what the failed ones left: {work}", file=sys.stderr)
    else:
        shutil.rmtree(work)
    print(f"{outcomes.count(True)} passed, {failed} failed, {outcomes.count(None)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
