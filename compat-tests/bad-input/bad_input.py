"""The stages of the check, on a broker that runs. `run` starts one and calls this."""
import argparse
import json
import pathlib
import subprocess
import sys
import time

import bombs
import cases
import messages
from broker import Broker, Report
from connection import connect
from frames import Frames

_MOST_DISTURBANCE_MS = 2000
_HERE = pathlib.Path(__file__).resolve().parent


class CanaryProcess:
    """The client beside everything."""

    def __init__(self, address):
        self._child = subprocess.Popen([sys.executable, "-B", _HERE / "canary.py", address], text=True,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def end_stage(self, name, process, report):
        """Judges what the client saw in the stage that ends here."""
        try:
            self._child.stdin.write("next\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended, and said why
        line = self._child.stdout.readline()
        stage = json.loads(line) if line else {"records": 0, "slowest_ms": 0, "wrong": ["the client has ended"]}
        report.figure(f"{name}: the client beside it read {stage['records']} records, the slowest answer took "
                      f"{stage['slowest_ms']} ms")
        for wrong in stage["wrong"]:
            report.complain("disturbed", f"{name}: {wrong}")
        if stage["records"] == 0 or process.measures and stage["slowest_ms"] > _MOST_DISTURBANCE_MS:
            report.complain("disturbed", f"{name}: {stage}")

    def end(self):
        self._child.stdin.close()
        self._child.wait()


def topic_id_of(address, name):
    """From Metadata version 10, the first with ids."""
    with connect(address) as connection:
        answer = messages.call(connection, "Metadata", 10, {"Topics": [{"Name": name}], "AllowAutoTopicCreation": False})
    return answer["Topics"][0]["TopicId"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--broker", required=True)
    parser.add_argument("--controller", required=True)
    parser.add_argument("--pid", required=True, type=int)
    parser.add_argument("--seed", required=True, type=int)
    parser.add_argument("--rounds", default=1, type=int)
    parser.add_argument("--only")
    parser.add_argument("--no-measures", action="store_true")
    parser.add_argument("stages", nargs="+")
    args = parser.parse_args()
    process, report = Broker(args.pid, not args.no_measures), Report()
    canary = CanaryProcess(args.broker)
    addresses = args.broker, args.controller
    stages = {"cases": lambda: cases.run(addresses, process, report, args, topic_id_of(args.broker, "victim")),
              "frames": Frames(addresses, process, report).run,
              "bombs": lambda: bombs.run(args.broker, process, report)}
    for name in args.stages:
        try:
            stages[name]()
        except OSError as error:
            time.sleep(1)  # a process that ends may take its time to say why
            report.complain("hangs" if process.runs() else "crashes", f"{name}: {type(error).__name__}: {error}")
        if not process.runs():
            report.complain("crashes", f"{name}: the broker has ended")
            break
        canary.end_stage(name, process, report)
    canary.end()
    print(f"{report.last_line()}, seed {args.seed}")
    return 1 if report.complaints() else 0


if __name__ == "__main__":
    sys.exit(main())
