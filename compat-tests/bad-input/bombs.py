"""Record batches that are small on the wire and large when they are read."""
import contextlib
import struct
import time

import records
from broker import MIB, PeakGrowth
from canary import produce_request, produced
from connection import ask, connect, read_answer

_MOST_GROWTH_BYTES = 16 * MIB
_MOST_SECONDS = 1.0
_GIB = 1 << 30
_MESSAGE_TOO_LARGE, _INVALID_RECORD, _SERVER_ERROR = 10, 87, -1
_FEW_BYTES = 1_000_000


def _tiny_records(count):
    """Well-formed ones of the least size."""
    return records.sealed(records.gzip_block(b"".join(records.record(b"", i) for i in range(count)), 0, b""), count, "gzip")


def _counted(count):
    """One record where the header says `count`."""
    return records.sealed(records.record(b"value", 0), count)


def _announcing_snappy(size_bytes):
    """A block of snappy that says it is that large, and is not."""
    coded = records.varint(size_bytes) + b"\0a" + b"\xfe\1\0" * 1000
    return records.sealed(b"\x82SNAPPY\0" + struct.pack(">iii", 1, 1, len(coded)) + coded, 1, "snappy")


def _all():
    """Name, topic, batch, and the errors that may be answered."""
    for codec in ("gzip", "lz4", "zstd"):
        # Apache Kafka reads it to its end and takes it; here there is a limit (docs/record-batch.md).
        yield f"{codec} of 1 GiB", "large", records.bomb(codec, _GIB), (_MESSAGE_TOO_LARGE,)
    yield "snappy of 160 MiB", "large", records.bomb("snappy", 160 * MIB), (0,)
    yield "snappy of 160 MiB in one block", "large", records.bomb("snappy", 160 * MIB, block_size=_GIB), (0, _MESSAGE_TOO_LARGE)
    for size in (64 * MIB, _GIB, (1 << 32) - 1):
        yield f"snappy that announces {size}", "large", _announcing_snappy(size), (_SERVER_ERROR, _MESSAGE_TOO_LARGE)
    for window_log in (27, 31, 41):
        yield (f"zstd with a window of 2^{window_log}", "large", records.bomb("zstd", _GIB, window_log=window_log),
               (_MESSAGE_TOO_LARGE, _SERVER_ERROR))
    for topic in ("to-none", "to-gzip", "to-lz4", "to-snappy", "to-zstd"):
        for codec in ("gzip", "lz4", "zstd"):
            # What becomes of it by another codec fits into max.message.bytes or does not.
            yield f"{codec} of 60 MiB, {topic}", topic, records.bomb(codec, 60 * MIB), (0, _MESSAGE_TOO_LARGE)
            kept = 0 if topic == f"to-{codec}" else _MESSAGE_TOO_LARGE
            yield f"{codec} of 252 MiB, {topic}", topic, records.bomb(codec, 252 * MIB), (kept,)
        yield f"gzip of 1 GiB, {topic}", topic, records.bomb("gzip", _GIB), (_MESSAGE_TOO_LARGE,)
        yield f"zstd of 1 GiB, {topic}", topic, records.bomb("zstd", _GIB), (_MESSAGE_TOO_LARGE,)
    yield "zstd of 250 MiB, stamped by the broker", "stamped", records.bomb("zstd", 250 * MIB), (0,)
    yield "a million records", "large", _tiny_records(1_000_000), (0,)
    for count in ((1 << 31) - 1, 1 << 30):
        yield f"a count of {count}", "large", _counted(count), (_INVALID_RECORD,)


def _small(codec):
    return records.bomb(codec, _FEW_BYTES + 12345)


def run(address, process, report):
    for codec in records.BLOCKS:
        _judge(address, process, report, f"{codec} of a megabyte", "large", _small(codec), (0,))
    slowest, most = 0.0, 0
    for case in _all():
        seconds, growth = _judge(address, process, report, *case)
        slowest, most = max(slowest, seconds), max(most, growth)
    report.figure(f"bombs: the dearest answer took {slowest:.2f} s of CPU, the most memory {most / MIB:.1f} MiB")
    report.memory("bombs", most)
    _many_at_once(address, process, report)


def _judge(address, process, report, name, topic, batch, errors):
    """Seconds of CPU to the answer, which a busy machine does not change, and how far the memory grew at most."""
    report.counts["cases"] += 1
    topic = topic.encode()
    request = produce_request(topic, batch)
    with connect(address, 60.0) as connection, PeakGrowth(process) as growth:
        begin, began_cpu = time.monotonic(), process.cpu_seconds()
        code, _ = produced(ask(connection, request), topic)
        elapsed, seconds = time.monotonic() - begin, process.cpu_seconds() - began_cpu
    print(f"bombs: {name}: {len(batch)} bytes, error {code}, {seconds:.2f} s of CPU, {elapsed:.2f} s, "
          f"{growth.bytes / MIB:+.1f} MiB", flush=True)
    if code not in errors:
        report.complain("wrong", f"bombs: {name}: error {code}, not one of {errors}")
    if process.measures and (seconds > _MOST_SECONDS or growth.bytes > _MOST_GROWTH_BYTES):
        report.complain("wrong", f"bombs: {name}: {seconds:.2f} s of CPU, {growth.bytes} bytes")
    return seconds, growth.bytes


def _many_at_once(address, process, report):
    """A client with a bomb, and one with a bomb for each of two partitions."""
    bomb = records.bomb("gzip", _GIB)
    begin = time.monotonic()
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connect(address, 60.0)) for _ in range(2)]
        growth = stack.enter_context(PeakGrowth(process))
        for i, connection in enumerate(connections):
            connection.sendall(produce_request(b"large", bomb, partitions=(0, 1) if i == 0 else (0,)))
        codes = [produced(read_answer(connection), b"large")[0] for connection in connections]
    report.counts["cases"] += len(connections)
    report.figure(f"bombs: three at once, {time.monotonic() - begin:.2f} s, {growth.bytes / MIB:+.1f} MiB")
    if codes != [_MESSAGE_TOO_LARGE] * len(codes):
        report.complain("wrong", f"bombs: three at once: errors {codes}")
