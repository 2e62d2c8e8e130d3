"""Rounds of cases in turn, A B A B, and what they say. `run` says how to call it."""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import leftovers
import picture
import report
from cases import CASES
from lab import Lab
from machine import Machine, Skipped

SKIPPED = 77


def measured_round(case, lab, machine, only):
    """One round on each side; None if the machine was not quiet."""
    figures = {}
    for side in case.sides:
        if side not in only:
            continue
        figures[side] = case.measure(lab, side)
        if not machine.was_quiet(figures[side]):
            print(f"{case.name}: a round does not count, other processes used {figures[side]['others_percent']:.0f} %",
                  file=sys.stderr)
            return None
    return figures


def measured(case, options):
    """As many rounds as asked for."""
    rounds = []
    machine = Machine(float(os.environ.get("BENCH_OTHERS_PERCENT", 10)), float(os.environ.get("BENCH_PATIENCE_S", 900)))
    if case.makes_many_files:
        leftovers.wait_for_inodes(options.folder)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench.", dir=options.folder))
    try:
        lab = Lab(folder, machine)
        while len(rounds) < options.rounds:
            began = time.monotonic()
            figures = measured_round(case, lab, machine, options.sides)
            if figures is None:
                machine.lose(time.monotonic() - began)
            else:
                rounds.append(figures)
    finally:
        leftovers.remove(folder)
    return rounds


def commit():
    here = pathlib.Path(__file__).resolve().parent
    return subprocess.run(["git", "-C", here, "describe", "--always", "--dirty"], text=True, stdout=subprocess.PIPE).stdout.strip()


def main():
    parser = argparse.ArgumentParser(prog="run")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=" ".join(CASES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sides", type=lambda text: text.split(","), default=["apache", "moldau", "floor"])
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--picture", type=pathlib.Path)
    options = parser.parse_args()
    options.folder = pathlib.Path(os.environ["BENCH_FOLDER"])
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"no such case: {' '.join(sorted(unknown))}")
    names = options.cases or list(CASES)
    # What was started is ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    results = report.Results(options.folder / "results")
    if options.table or options.picture:
        if options.picture:
            options.picture.write_text(picture.draw(results), encoding="ascii")
        return report.print_table(results, names)
    for name in names:
        try:
            rounds = measured(CASES[name], options)
        except Skipped as reason:
            print(f"SKIPPED: {name}: {reason}")
            return SKIPPED
        results.keep(name, {"commit": commit(), "date": time.strftime("%F"), "rounds": rounds})
        report.print_table(results, [name])
    return report.verdict(results, names)


sys.exit(main())
