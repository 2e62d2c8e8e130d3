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
TOLD = (*JUDGED, "anonymous_kib")
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


def judge(results, long_life, slot_s):
    samples = samples_of(results)
    write_minutes(results, samples)

    def of_slots(life, first, end):
        window = [s for s in samples if s["life"] == life and first <= s["age_s"] / slot_s < end]
        return {field: median(window, field) for field in TOLD}

    pairs = [("within", of_slots(long_life, 4, 8), of_slots(long_life, 8, 12))]
    # Ways to start take turns, so the lives that started alike lie about the long one as in a mirror.
    for before, behind in ((long_life - 2, long_life + 2), (long_life - 1, long_life + 1)):
        starts = {s["start"] for s in samples if s["life"] in (before, behind)}
        if len(starts) != 1:
            raise RuntimeError("lives that started in other ways are held against each other")
        pairs.append((f"across, {starts.pop()}", of_slots(before, 3, 5), of_slots(behind, 3, 5)))
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
