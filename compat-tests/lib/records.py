"""Record batches of magic 2, and compressed blocks that grow when they are read."""
import functools
import struct
import typing
import zlib

_NO_PRODUCER = struct.pack(">qhi", -1, -1, -1)
_CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
TIMESTAMP_MS = 1_700_000_000_000


def _crc32c_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _crc32c_table()


def crc32c(data):
    table, crc = _TABLE, 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def zigzag(value):
    return varint(value << 1 ^ value >> 63)


def _nullable(content):
    return zigzag(-1) if content is None else zigzag(len(content)) + content


def record(value, index, key=None):
    body = b"\0" + zigzag(0) + zigzag(index) + _nullable(key) + _nullable(value) + zigzag(0)
    return zigzag(len(body)) + body


def record_start(value_size, index=0):
    """A record of no key up to its value, and what follows the value."""
    head = b"\0" + zigzag(0) + zigzag(index) + zigzag(-1) + zigzag(value_size)
    return zigzag(len(head) + value_size + 1) + head, zigzag(0)


def sealed(block, count, codec="none", timestamp_ms=TIMESTAMP_MS):
    """The batch around a block of records."""
    head = struct.pack(">hiqq", _CODECS[codec], count - 1, timestamp_ms, timestamp_ms) + _NO_PRODUCER
    checked = head + struct.pack(">i", count) + block
    return struct.pack(">qiibI", 0, len(checked) + 9, -1, 2, crc32c(checked)) + checked


def batch(values):
    return sealed(b"".join(record(value, i) for i, value in enumerate(values)), len(values))


def keyed_batch(pairs, timestamp_ms=TIMESTAMP_MS):
    """Of (key, value), either of which may be null."""
    block = b"".join(record(value, i, key) for i, (key, value) in enumerate(pairs))
    return sealed(block, len(pairs), timestamp_ms=timestamp_ms)


class Stored(typing.NamedTuple):
    """A record as a reader sees it."""
    offset: int
    key: bytes | None
    value: bytes | None


def headers_of(data):
    """(base offset, offset after its last, attributes, whole batch) of each batch; a piece of one at the end is left out."""
    at = 0
    while at + 61 <= len(data):
        base_offset, size = struct.unpack_from(">qi", data, at)
        attributes, last_delta = struct.unpack_from(">hi", data, at + 21)
        if at + 12 + size > len(data):
            return
        yield base_offset, base_offset + last_delta + 1, attributes, data[at:at + 12 + size]
        at += 12 + size


class Cursor:
    """Takes bytes apart from their beginning on. Raises ValueError where they end early."""

    def __init__(self, data):
        self._data, self._at = data, 0

    def left(self):
        return len(self._data) - self._at

    def take(self, size):
        if size > self.left():
            raise ValueError("the data ends early")
        self._at += size
        return self._data[self._at - size:self._at]

    def varint(self):
        value = shift = 0
        while True:
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def number(self):
        """A varint that may be negative."""
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def nullable(self):
        size = self.number()
        return None if size < 0 else self.take(size)


def stored(data):
    """The records of batches without a codec; those of control batches are no records."""
    for base_offset, _, attributes, batch_bytes in headers_of(data):
        if attributes & 0x7:
            raise ValueError("a batch with a codec")
        (count,) = struct.unpack_from(">i", batch_bytes, 57)
        fields = Cursor(batch_bytes[61:])
        for _ in range(0 if attributes & 0x20 else count):
            fields.number(), fields.take(1), fields.number()
            offset, key, value = base_offset + fields.number(), fields.nullable(), fields.nullable()
            for _ in range(fields.number()):
                fields.nullable(), fields.nullable()
            yield Stored(offset, key, value)


def gzip_block(head, zeros, tail):
    coder = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1 << 20)
    parts = [coder.compress(head)]
    parts += [coder.compress(piece) for _ in range(zeros >> 20)]
    parts += [coder.compress(bytes(zeros & (1 << 20) - 1) + tail), coder.flush()]
    return b"".join(parts)


def _snappy_literal(data):
    return b"" if not data else struct.pack("<BH", 61 << 2, len(data) - 1) + data


def _snappy_block(head, zeros, tail):
    """Copies of 64 bytes, three bytes each: the most that the format can do."""
    copies = max(0, zeros - 1) // 64
    rest = zeros - copies * 64
    plain_size = len(head) + zeros + len(tail)
    return (varint(plain_size) + _snappy_literal(head + bytes(min(rest, 1))) + (b"\xfe\1\0" * copies) +
            _snappy_literal(bytes(max(0, rest - 1)) + tail))


def snappy_block(head, zeros, tail, block_size=32 << 10):
    """The framing of Kafka's clients: blocks of `block_size` bytes of plain text."""
    out = [b"\x82SNAPPY\0" + struct.pack(">ii", 1, 1)]
    sizes = [min(block_size, zeros - at) for at in range(0, zeros, block_size)] or [0]
    for i, size in enumerate(sizes):
        coded = _snappy_block(head if i == 0 else b"", size, tail if i == len(sizes) - 1 else b"")
        out.append(struct.pack(">i", len(coded)) + coded)
    return b"".join(out)


def lz4_block(head, zeros, tail):
    """Independent blocks of 4 MiB: one zero, and a match of one byte back that is as long as it can be."""
    out = [bytes.fromhex("04224d18607073"), _stored(head)]
    size = 4 << 20
    whole = _lz4_run(size)
    out += [whole] * (zeros // size)
    rest = bytes(zeros % size % (64 << 10)) + tail
    out += [_stored(bytes(64 << 10))] * (zeros % size // (64 << 10))
    return b"".join(out) + _stored(rest) + bytes(4)


def _stored(data):
    return struct.pack("<I", len(data) | 0x80000000) + data if data else b""


def _lz4_run(size):
    last = 5  # a block ends with literals
    match = size - 1 - last
    extra = match - 4 - 15
    coded = b"\x1f\0\1\0" + b"\xff" * (extra // 255) + bytes([extra % 255]) + bytes([last << 4]) + bytes(last)
    return struct.pack("<I", len(coded)) + coded


def zstd_block(head, zeros, tail, window_log=17):
    """Blocks that repeat one byte: four bytes for 128 KiB."""
    size = 128 << 10
    out = [bytes.fromhex("28b52ffd00") + bytes([window_log - 10 << 3]), _zstd_raw(head)]
    out += [struct.pack("<I", size << 3 | 1 << 1)[:3] + b"\0"] * (zeros // size)
    rest = bytes(zeros % size)
    out += [_zstd_raw(rest), _zstd_raw(tail, True)]
    return b"".join(out)


def _zstd_raw(data, is_last=False):
    return struct.pack("<I", len(data) << 3 | int(is_last))[:3] + data if data or is_last else b""


BLOCKS = {"gzip": gzip_block, "snappy": snappy_block, "lz4": lz4_block, "zstd": zstd_block}


@functools.cache
def bomb(codec, size_bytes, **more):
    """A batch of one well-formed record whose value is `size_bytes` zeros."""
    head, tail = record_start(size_bytes)
    return sealed(BLOCKS[codec](head, size_bytes, tail, **more), 1, codec)
