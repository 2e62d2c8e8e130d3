"""Whether a byte costs as much with more partitions, and with more log."""

MIB = 1 << 20
GIB = 1 << 30
PARTITIONS = (1, 100, 1000)
LOG_GIB = (1, 5, 20)


def _against_first(costs, name):
    """The costs of a byte by size, and the most of them in terms of the first."""
    figures = {f"{name}_{size}": cost for size, cost in costs.items()}
    first, *others = costs.values()
    return {**figures, f"{name}_over_first": max(others) / first}


def _worst(measured):
    return {"others_percent": max(each["others_percent"] for each in measured)}


def by_partitions(lab, side):
    """Batches of 16 KiB over all partitions in turn, or over as many files."""
    sizes = ("--warm-up-bytes", 512 * MIB, "--bytes", 1536 * MIB)
    measured = {}
    for count in PARTITIONS:
        if side == "floor":
            with lab.floor("produce", files=count) as node:
                measured[count] = lab.measure(node, "produce", "--floor", *sizes)
        else:
            with lab.broker(side) as node:
                measured[count] = lab.measure(node, "produce", "--partitions", count, *sizes)
    costs = {count: each["cpu_ns_per_byte"] for count, each in measured.items()}
    return {**_against_first(costs, "produce"), **_worst(measured.values())}


def by_log_size(lab, side):
    """Batches at the end and fetches of 1 MiB at the start of four partitions that grow."""
    topic = ("--topic", "grows")
    written = {"produce": {}, "consume": {}}
    with lab.broker(side) as node:
        exists, log_bytes = (), 0
        for gib in LOG_GIB:
            more = gib * GIB - log_bytes
            lab.load("produce", "--broker", node.address, "--pid", node.pid, *topic, *exists, "--bytes", more)
            exists, log_bytes = ("--topic-exists",), gib * GIB
            written["produce"][gib] = lab.measure(node, "produce", *topic, *exists, "--warm-up-bytes", 96 * MIB, "--bytes", 768 * MIB)
            written["consume"][gib] = lab.measure(node, "consume", *topic, "--fetch-bytes", MIB, "--partition-bytes", 64 * MIB,
                                                  "--warm-up-bytes", 512 * MIB, "--bytes", 4 * GIB)
            log_bytes += 864 * MIB
    figures = [_against_first({gib: each["cpu_ns_per_byte"] for gib, each in sizes.items()}, name)
               for name, sizes in written.items()]
    return {**figures[0], **figures[1], **_worst(each for sizes in written.values() for each in sizes.values())}
