"""Medians, ratios and bars of the benchmark: `report.py is-quiet PERCENT < LINE`, `report.py table FOLDER CASE...`."""

import json
import pathlib
import statistics
import sys

# What the project holds itself to (docs/performance.md): ratio of CPU per byte to the bare program's.
RATIO_BARS = {"produce-16k": 2.5, "consume-1m": 2.0}
START_BARS = {"first_ack_ms": 100.0, "idle_rss_mib": 30.0}


def is_quiet(most_percent):
    return json.load(sys.stdin).get("others_percent", 0.0) <= most_percent


def rounds_of(folder, case, side):
    lines = (pathlib.Path(folder) / f"{case}.{side}").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def medians(rounds):
    return {name: round(statistics.median(each[name] for each in rounds), 4) for name in rounds[0]}


def spread(rounds, name):
    values = [each[name] for each in rounds]
    return f"{min(values):.3f}-{max(values):.3f}"


def verdict(value, bar):
    if bar is None:
        return "no bar"
    return f"{'holds' if value <= bar else 'DOES NOT HOLD'} (bar {bar:g})"


def compare(folder, case):
    floor, moldau = rounds_of(folder, case, "floor"), rounds_of(folder, case, "moldau")
    ratios = [m["cpu_ns_per_byte"] / f["cpu_ns_per_byte"] for f, m in zip(floor, moldau)]
    ratio = statistics.median(ratios)
    bar = RATIO_BARS.get(case)
    for name, rounds in (("floor", floor), ("moldau", moldau)):
        median = medians(rounds)
        print(f"{case:13} {name:7} {median['cpu_ns_per_byte']:8.3f} ns/byte ({spread(rounds, 'cpu_ns_per_byte')})  "
              f"{1e6 * median['cpu_s'] / median['requests']:7.1f} us/request  {median['mib_per_s']:7.0f} MiB/s  "
              f"peak {median['peak_rss_mib']:.0f} MiB")
    print(f"{case:13} ratio   {ratio:8.2f} ({min(ratios):.2f}-{max(ratios):.2f})  {verdict(ratio, bar)}")
    held = bar is None or ratio <= bar
    return held, {"floor": medians(floor), "moldau": medians(moldau), "ratio": round(ratio, 3), "bar": bar}


def judge_start(folder):
    rounds = rounds_of(folder, "start", "moldau")
    median = medians(rounds)
    held = True
    for name, value in median.items():
        bar = START_BARS.get(name)
        held = held and (bar is None or value <= bar)
        print(f"start         {name:16} {value:8.2f} ({spread(rounds, name)})  {verdict(value, bar)}")
    return held, {"moldau": median, "bars": START_BARS}


def table(folder, cases):
    results = {}
    all_held = True
    for case in cases:
        held, results[case] = judge_start(folder) if case == "start" else compare(folder, case)
        all_held = all_held and held
    print(json.dumps(results))
    return all_held


def main():
    if sys.argv[1] == "is-quiet":
        return is_quiet(float(sys.argv[2]))
    return table(sys.argv[2], sys.argv[3:])


sys.exit(0 if main() else 1)
