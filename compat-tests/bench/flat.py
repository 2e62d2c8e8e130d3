"""Whether a byte costs as much with more partitions, and with more log."""

import contextlib

from lab import GIB, MIB, worst_of

PARTITIONS = (1, 100, 1000)
LOG_GIB = (1, 5, 20)


def _against_first(measured, name):
    """The costs of a byte by size, and the most of them in terms of the first."""
    costs = {size: each["cpu_ns_per_byte"] for size, each in measured.items()}
    first, *others = costs.values()
    return {**{f"{name}_{size}": cost for size, cost in costs.items()}, f"{name}_over_first": max(others) / first}


def _files(count):
    return [f"{number}.log" for number in range(count)]


def by_partitions(lab, side):
    """Batches of 16 KiB over all partitions in turn, or over as many files. The first ones of a file cost more: they are for
    warming up."""
    sizes = ("--warm-up-bytes", 1536 * MIB, "--bytes", 1536 * MIB)
    measured = {}
    for count in PARTITIONS:
        if side == "floor":
            with lab.floor("produce", _files(count)) as node:
                measured[count] = lab.measure(node, "produce", "--floor", *sizes)
        else:
            with lab.broker(side) as node:
                measured[count] = lab.measure(node, "produce", "--partitions", count, *sizes)
    return {**_against_first(measured, "produce"), **worst_of(measured.values())}


_TOPIC = ("--topic", "grows")
_PARTITIONS = 4
_READ_BYTES = 64 * MIB


@contextlib.contextmanager
def _growing(lab, side):
    """What takes batches, and how it is told to."""
    if side == "floor":
        with lab.floor("produce", _files(_PARTITIONS)) as node:
            yield node, ("--floor",)
    else:
        with lab.broker(side) as node:
            lab.load("fill", "--broker", node.address, *_TOPIC, "--partitions", _PARTITIONS, "--partition-bytes", MIB)
            yield node, (*_TOPIC, "--topic-exists")


@contextlib.contextmanager
def _giving(lab, side, node):
    """What gives bytes back, and how it is told to. The bare program has them from another file: its own hold whole requests."""
    if side == "floor":
        file = node.folder / "batches"
        if not file.exists():
            file.write_bytes(bytes(_READ_BYTES))
        with lab.floor("consume", [file], name="floor-reads") as reads:
            yield reads, ("--floor",)
    else:
        yield node, _TOPIC


def by_log_size(lab, side):
    """Batches of 16 KiB at the end, and fetches of 1 MiB at the start, of partitions or files that grow."""
    written, read = {}, {}
    with _growing(lab, side) as (node, how):
        log_bytes = 0
        for gib in LOG_GIB:
            lab.load("produce", "--broker", node.address, "--pid", node.pid, *how, "--bytes", gib * GIB - log_bytes)
            written[gib] = lab.measure(node, "produce", *how, "--warm-up-bytes", 96 * MIB, "--bytes", 768 * MIB)
            log_bytes = gib * GIB + 864 * MIB
            with _giving(lab, side, node) as (giver, how_to_read):
                read[gib] = lab.measure(giver, "consume", *how_to_read, "--fetch-bytes", MIB, "--partition-bytes", _READ_BYTES,
                                        "--warm-up-bytes", 512 * MIB, "--bytes", 4 * GIB)
    return {**_against_first(written, "produce"), **_against_first(read, "consume"),
            **worst_of([*written.values(), *read.values()])}
