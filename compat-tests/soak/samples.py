"""The figures of one process, second by second, and what they say in the end. soak/run says what is held against what.

    samples.py take PID LIFE START FOLDER         lines on standard output until it is told to end
    samples.py judge RESULTS LONG-LIFE SLOT-MS    reads samples.tsv, writes minutes.tsv; status 1: something grows
"""

import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import process  # noqa: E402

FIELDS = ("life", "start", "age_s", "anonymous_kib", "dirty_kib", "resident_kib", "descriptors", "threads", "cpu_s", "disk_kib")
JUDGED = ("resident_kib", "descriptors")
MEMORY = ("resident_kib", "anonymous_kib")  # the second is told only
BAR = 0.01


def disk_kib(folder):
    total = 0
    for where, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.stat(os.path.join(where, name)).st_blocks // 2
            except FileNotFoundError:
                pass  # deleted meanwhile
    return total


def take(pid, life, start, folder):
    broker = process.Process(pid)
    began = time.monotonic()
    disk = 0
    for second in range(1_000_000):
        time.sleep(max(0.0, began + second - time.monotonic()))
        try:
            memory = broker.numbers("smaps_rollup", "Anonymous", "Private_Dirty", "Rss")
            descriptors = broker.descriptors()
            (threads,) = broker.numbers("status", "Threads")
            cpu = broker.cpu_seconds()
        except (FileNotFoundError, ProcessLookupError, KeyError):
            return
        if second % 10 == 0:
            disk = disk_kib(folder)
        age = time.monotonic() - began
        print(life, start, f"{age:.1f}", *memory, descriptors, threads, cpu, disk, sep="\t", flush=True)


def samples_of(results):
    samples = []
    with open(os.path.join(results, "samples.tsv"), encoding="ascii") as lines:
        for line in lines:
            sample = dict(zip(FIELDS, line.split("\t")))
            sample = {name: value if name == "start" else float(value) for name, value in sample.items()}
            samples.append(sample)
    return samples


def median(samples, field):
    return statistics.median(sample[field] for sample in samples)


def write_minutes(results, samples):
    minutes = {}
    for sample in samples:
        minutes.setdefault((int(sample["life"]), sample["start"], int(sample["age_s"]) // 60), []).append(sample)
    with open(os.path.join(results, "minutes.tsv"), "w", encoding="ascii") as table:
        print("life", "start", "minute", *FIELDS[3:], sep="\t", file=table)
        for key, group in minutes.items():
            print(*key, *(f"{median(group, field):g}" for field in FIELDS[3:]), sep="\t", file=table)


def least_of_lives(samples, start):
    """The least median of memory of the lives that started so."""
    lives = {}
    for sample in samples:
        if sample["start"] == start:
            lives.setdefault(sample["life"], []).append(sample)
    return {field: min(median(life, field) for life in lives.values()) for field in MEMORY}


def mean_descriptors(samples):
    return {"descriptors": statistics.fmean(sample["descriptors"] for sample in samples)}


def judge(results, long_life, slot_s):
    samples = samples_of(results)
    write_minutes(results, samples)
    long = [s for s in samples if s["life"] == long_life]
    # The second half of a short life.
    short = [s for s in samples if s["life"] not in (1, long_life) and slot_s / 2 <= s["age_s"] < slot_s]
    before = [s for s in short if s["life"] < long_life]
    behind = [s for s in short if s["life"] > long_life]

    def of_long(first, end):
        window = [s for s in long if first <= s["age_s"] / slot_s < end]
        return {field: median(window, field) for field in (*MEMORY, "descriptors")}

    pairs = [("within", of_long(5, 9), of_long(12, 16))]
    pairs += [(f"across, {start}", least_of_lives(before, start), least_of_lives(behind, start))
              for start in ("clean", "kill")]
    pairs.append(("across, all", mean_descriptors(before), mean_descriptors(behind)))
    grown = judged = 0
    for name, first, last in pairs:
        for field in first:
            growth = last[field] / first[field] - 1
            grows = field in JUDGED and growth > BAR
            judged += field in JUDGED
            grown += grows
            print(f"soak: {name}: {field} {first[field]:g} to {last[field]:g}, {growth:+.2%}{': GROWS' if grows else ''}")
    print(f"soak: {'FAILED' if grown else 'ok'}: {grown} of {judged} grow")
    return 1 if grown else 0


if __name__ == "__main__":
    if sys.argv[1] == "take":
        take(*sys.argv[2:])
    else:
        sys.exit(judge(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) / 1000))
