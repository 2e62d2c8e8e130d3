"""The cases: what each side is put through in one round, and which figures are held against which bars."""

import dataclasses
import os
import subprocess
from typing import Callable, Optional

import flat
import leftovers
import sides
from lab import GIB, MIB, running, worst_of

BROKERS = ("apache", "moldau")
ALL = ("apache", "moldau", "floor")


@dataclasses.dataclass(frozen=True)
class Figure:
    """`name` is the field that the load prints. The bars are for Moldau: the most of the ratio to Apache Kafka's figure, of
    the ratio to the bare program's, and of its own. Where more is better, the ratio has to be at least that."""

    name: str
    unit: str
    apache: Optional[float] = None
    floor: Optional[float] = None
    own: Optional[float] = None
    more_is_better: bool = False


@dataclasses.dataclass(frozen=True)
class Case:
    """`measure(lab, side)` is one round on one side: its figures."""

    name: str
    sides: tuple
    measure: Callable
    figures: tuple
    makes_many_files: bool = False  # while it measures


def cpu_per_gb(apache=None, floor=None):
    return Figure("cpu_ns_per_byte", "CPU s/GB", apache, floor)


RATE = Figure("mib_per_s", "MiB/s", more_is_better=True)


def on_warm_broker(mode, *arguments, shape=()):
    """One run of the load on a broker that has taken batches of that shape."""

    def measure(lab, side):
        with lab.warm_broker(side, *shape) as node:
            return lab.measure(node, mode, *arguments)

    return measure


def produce(*shape, acks=1, mib=768):
    sizes = ("--acks", acks, "--warm-up-bytes", mib * MIB // 8, "--bytes", mib * MIB)

    def measure(lab, side):
        if side == "floor":
            with lab.floor("produce") as node:
                return lab.measure(node, "produce", "--floor", *shape, *sizes)
        return on_warm_broker("produce", *shape, *sizes, shape=shape)(lab, side)

    return measure


def consume(fetch_bytes):
    partition_bytes = 64 * MIB

    def measure(lab, side):
        def fill(node):
            lab.load("fill", "--broker", node.address, "--partition-bytes", partition_bytes)
            node.end()

        sizes = ("--fetch-bytes", fetch_bytes, "--partition-bytes", partition_bytes, "--bytes", 8 * GIB)
        if side == "floor":
            filled = lab.prepared_broker("moldau", fill)
            with lab.floor("consume", [filled.data / "bench-0" / "00000000000000000000.log"]) as node:
                return lab.measure(node, "consume", "--floor", *sizes, "--warm-up-bytes", 256 * MIB)
        with running(lab.prepared_broker(side, fill)) as node:
            return lab.measure(node, "consume", *sizes, "--warm-up-bytes", 2 * GIB, "--warm-up-seconds", 30)

    return measure


def start(lab, side):
    node = sides.BROKERS[side](lab.folder / side)
    node.format()
    try:
        return lab.start(node, "--settle-seconds", 10, "--idle-seconds", 20)
    finally:
        leftovers.set_aside(node.folder)


def restart(lab, side):
    """Of a broker that was killed with 5 GiB in 1,000 partitions; each round on a copy of what it left."""

    def prepare(node):
        lab.load("produce", "--broker", node.address, "--pid", node.pid, "--partitions", 1000, "--bytes", 5 * GIB)
        node.kill()
        node.data.rename(node.folder / "left")

    node = lab.prepared_broker(side, prepare)
    subprocess.run(["cp", "-a", node.folder / "left", node.data], check=True)
    os.sync()
    try:
        return lab.start(node)
    finally:
        leftovers.set_aside(node.data)


def offsets_loading(groups, partitions, commits):
    """Of brokers that were stopped. The start of one whose groups have committed nothing, which has as many partitions and
    clients, is taken off. All work on copies of what Moldau has written, so both read the same bytes."""
    settings = ("log.cleaner.enable=false",)

    def loaded(lab, side, times):
        shape = ("--groups", groups, "--partitions", partitions, "--commits", times)

        def fill(node):
            lab.load("fill-offsets", "--broker", node.address, *shape)
            node.end()

        written = lab.prepared_broker("moldau", fill, f"wrote-{times}", settings)
        return lab.start(lab.broker_on_copy(side, written, f"reads-{times}", settings), *shape, mode="load-offsets")

    def measure(lab, side):
        without, full = loaded(lab, side, 0), loaded(lab, side, commits)
        return {**full, "loading_ms": full["loaded_ms"] - without["loaded_ms"],
                "loading_cpu_ms": 1000 * (full["cpu_s"] - without["cpu_s"])}

    return measure


def consumer_group(lab, side):
    """Warm by groups: what a member costs has little to do with batches."""
    with lab.broker(side) as node:
        return lab.measure(node, "consumer-group", "--members", 200, "--partitions", 400, "--warm-up", 4)


def partitions(lab, side):
    with lab.warm_broker(side) as node:
        written = lab.measure(node, "partitions", "--partitions", 1000, "--topic", "wide")
        over_all = lab.measure(node, "produce", "--partitions", 1000, "--warm-up-bytes", 256 * MIB, "--bytes", 512 * MIB)
        return {**over_all, **written, **worst_of((written, over_all))}


def _flat(name, sizes, most=1.25):
    """The cost at each size, and what the most is in terms of the first."""
    return (*(Figure(f"{name}_{size}", "CPU s/GB") for size in sizes), Figure(f"{name}_over_first", "", own=most))


def _latency_case(name, acks):
    times = ("--warm-up-seconds", 10, "--seconds", 30)

    def measure(lab, side):
        if side == "floor":
            with lab.floor("relay") as node:
                return lab.measure(node, "latency", "--floor", *times)
        return on_warm_broker("latency", "--acks", acks, *times)(lab, side)

    return Case(name, ALL, measure,
                (Figure("end_to_end_p50_us", "us", apache=1 / 2), Figure("end_to_end_p99_us", "us", apache=1 / 4),
                 Figure("end_to_end_p999_us", "us"), Figure("ack_p50_us", "us"), Figure("ack_p99_us", "us")))


CASES = {case.name: case for case in (
    Case("start", BROKERS, start,
         (Figure("first_ack_ms", "ms", apache=1 / 100, own=100), Figure("idle_rss_mib", "MiB", apache=1 / 15, own=30),
          Figure("idle_cpu_percent", "% of a core", apache=1 / 20))),
    Case("produce-100b", ALL, produce("--record-bytes", 100), (cpu_per_gb(1 / 3, 2), RATE)),
    Case("produce-1k", ALL, produce(acks=-1), (cpu_per_gb(1 / 3, 1.8), RATE)),
    Case("produce-128k", ALL, produce("--batch-bytes", 131072), (cpu_per_gb(), RATE)),
    Case("produce-one", ALL, produce("--batch-bytes", 1, mib=96), (cpu_per_gb(), RATE)),
    Case("produce-lz4", BROKERS, produce("--codec", "lz4"), (cpu_per_gb(1 / 2), RATE)),
    Case("produce-zstd", BROKERS, produce("--codec", "zstd"), (cpu_per_gb(1 / 2), RATE)),
    Case("consume-1m", ALL, consume(MIB), (cpu_per_gb(0.6, 1.5), RATE)),
    Case("consume-64k", ALL, consume(64 << 10), (cpu_per_gb(), RATE)),
    _latency_case("latency-acks-1", 1),
    _latency_case("latency-acks-all", -1),
    Case("partitions", BROKERS, partitions,
         (Figure("written_ms", "ms", apache=1 / 20), cpu_per_gb(1 / 5), Figure("created_ms", "ms")), makes_many_files=True),
    Case("connections", BROKERS, on_warm_broker("connections", "--count", 10_000, "--warm-up", 5_000),
         (Figure("memory_bytes_per_connection", "bytes", own=16384), Figure("cpu_us_per_connection", "us", apache=1 / 5))),
    Case("tail", BROKERS,
         on_warm_broker("tail", "--readers", 8, "--bytes-per-second", 10 * MIB, "--warm-up-seconds", 20, "--bytes", 2 * GIB),
         (cpu_per_gb(1 / 2), RATE)),
    Case("flush", BROKERS,
         on_warm_broker("produce", "--connections", 64, "--partitions", 1, "--under-way", 1, "--batch-bytes", 1, "--topic-config",
                        "flush.messages=1", "--warm-up-bytes", MIB, "--warm-up-seconds", 5, "--bytes", 16 * MIB),
         (Figure("requests_per_s", "records/s", apache=5, more_is_better=True),)),
    Case("group", BROKERS, on_warm_broker("group", "--members", 200, "--rounds", 9, "--warm-up", 4),
         (Figure("cpu_ms_per_group", "ms", apache=1 / 3), Figure("wall_ms", "ms"))),
    Case("commits", BROKERS,
         on_warm_broker("commits", "--warm-up-seconds", 20, "--warm-up-requests", 50_000, "--requests", 100_000),
         (Figure("cpu_us_per_commit", "us", apache=1 / 3),)),
    Case("consumer-group-200", BROKERS, consumer_group,
         (Figure("cpu_ms_per_group", "ms", apache=1 / 3), Figure("stable_ms", "ms", apache=1))),
    Case("offsets-loading", BROKERS, offsets_loading(groups=500, partitions=100, commits=100),
         (Figure("loading_ms", "ms", apache=1 / 3), Figure("loading_cpu_ms", "ms"), Figure("loaded_ms", "ms"),
          Figure("peak_rss_mib", "MiB"))),
    Case("transactions", BROKERS,
         on_warm_broker("transactions", "--warm-up-seconds", 20, "--warm-up-transactions", 10_000, "--transactions", 20_000),
         (Figure("cpu_us_per_transaction", "us", apache=1 / 3), Figure("transactions_per_s", "/s", more_is_better=True))),
    Case("flat-partitions", ("moldau", "floor"), flat.by_partitions, _flat("produce", flat.PARTITIONS)),
    Case("flat-log", ("moldau", "floor"), flat.by_log_size, _flat("produce", flat.LOG_GIB) + _flat("consume", flat.LOG_GIB)),
    Case("restart", BROKERS, restart, (Figure("ready_ms", "ms", apache=1 / 5), Figure("first_ack_ms", "ms"))),
)}
