"""Runs the workloads under faults and has their histories judged."""
import argparse
import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import topics
from events import Events
from faults import KINDS, Faults
from fleet import Fleet
from node import Node

_RESULTS = pathlib.Path(os.environ["HISTORY_RESULTS"])
_WORKLOADS = ("w1", "w2", "w3", "w4", "w5")
_SETTINGS = {
    "auto.create.topics.enable": "false", "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
    "group.consumer.session.timeout.ms": 6000, "group.consumer.min.session.timeout.ms": 6000,
    "group.consumer.heartbeat.interval.ms": 1000, "group.consumer.min.heartbeat.interval.ms": 1000,
    "log.cleaner.backoff.ms": 500}


def _record(folder, seed, options):
    """One run, whose events are then in the folder."""
    with Node(folder / "broker", **_SETTINGS) as node, Events(folder / "supervisor.jsonl") as events:
        topics.create(node.address, options.workloads, events)
        with Fleet(folder, node.address, seed, options.workloads, options.clients) as fleet:
            Faults(seed, node, fleet, events, options.faults).run(options.seconds)
            fleet.stop()
            fleet.read_all()


def _judge(folder, least_sends):
    done = subprocess.run([*shlex.split(os.environ["CHECKER"]), "check.Checker", str(folder), str(least_sends)],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1, 2) or not done.stdout:
        raise AssertionError(f"the checker has status {done.returncode}: {done.stderr[-3000:]}")
    return json.loads(done.stdout)


def _unexamined(verdict):
    """With all workloads no check may stand idle."""
    return [check for check, count in verdict["examined"].items() if count == 0]


def _run(seed, options):
    """True if nothing is wrong."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="history-"))
    began = time.monotonic()
    try:
        _record(folder, seed, options)
        verdict = _judge(folder, options.least_sends)
        if verdict["verdict"] == "ok" and set(options.workloads) == set(_WORKLOADS) and (idle := _unexamined(verdict)):
            verdict["verdict"] = f"nothing checked by {idle}"
    except AssertionError as error:
        verdict = {"verdict": f"not recorded: {error}"}
    verdict = {"seed": seed, "seconds": round(time.monotonic() - began), **verdict}
    is_good = verdict["verdict"] == "ok"
    if options.keep or not is_good:
        verdict["kept"] = str(_RESULTS / f"{folder.name}-seed-{seed}")
        shutil.move(folder, verdict["kept"])
    shutil.rmtree(folder, ignore_errors=True)
    with open(_RESULTS / "verdicts.jsonl", "a", encoding="utf-8") as results:
        results.write(json.dumps(verdict) + "\n")
    print(json.dumps(verdict, indent=None if is_good else 1), flush=True)
    return is_good


def _options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workloads", type=lambda text: text.lower().split(","), default=_WORKLOADS)
    parser.add_argument("--clients", type=lambda text: text.split(","), default=("java", "librdkafka", "franz-go"))
    parser.add_argument("--faults", type=lambda text: text.split(","), default=list(KINDS))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--least-sends", type=int, default=10000)
    return parser.parse_args()


def main():
    # Told to end, it ends its processes, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = _options()
    bad = [seed for seed in range(options.seed, options.seed + options.runs) if not _run(seed, options)]
    print(f"history: {options.runs - len(bad)} of {options.runs} runs without a violation" + (f"; seeds {bad}" if bad else ""))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
