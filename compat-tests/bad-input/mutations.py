"""The 24 mutations of a valid request. Each gives what is sent, frame length included, and is the same for the same seed.

Where a request has nothing of the kind that is to be broken in its body, the header's is taken, which always has lengths, text
and numbers; where neither has one, what is put in its place is said at the mutation.
"""
import struct

import records
from connection import framed
from messages import is_flexible
from records import varint
from requests import make_header

HUGE = (1 << 31) - 1
_ENDLESS = b"\xff" * 10


def _random_bytes(rng, size):
    return bytes(rng.randrange(256) for _ in range(size))


def _body(request):
    return request.payload[request.header_end:]


def _marks(request, *kinds, wanted=lambda mark: True):
    """Those of the body; the header's if the body has none."""
    found = [mark for mark in request.marks if mark.kind in kinds and wanted(mark)]
    return [mark for mark in found if mark.begin >= request.header_end] or found


def _pick(rng, request, *kinds, wanted=lambda mark: True):
    found = _marks(request, *kinds, wanted=wanted)
    return rng.choice(found) if found else None


def _replaced(request, begin, end, content):
    return framed(request.payload[:begin] + content + request.payload[end:])


def _coded_length(mark, number):
    """A length as the mark's place holds it; what does not fit is the largest that does."""
    if mark.compact:
        return varint(number + 1 & 0xFFFFFFFF)
    if mark.end - mark.begin == 2:
        return struct.pack(">h", min(number, 32767))
    return struct.pack(">i", number)


def _length_of(request, mark):
    coded = request.payload[mark.begin:mark.end]
    if not mark.compact:
        return int.from_bytes(coded, "big", signed=True)
    return sum((byte & 0x7F) << 7 * i for i, byte in enumerate(coded)) - 1


def _with_length(request, mark, number):
    return _replaced(request, mark.begin, mark.end, _coded_length(mark, number))


def cut_in_header(rng, request):
    return framed(request.payload[:rng.randrange(request.header_end)])


def cut_in_body(rng, request):
    """Half of the time the last byte alone is missing. A request without a body loses a byte of its header."""
    size = len(request.payload)
    at_least = min(request.header_end, size - 1)
    return framed(request.payload[:size - 1 if rng.random() < 0.5 else rng.randrange(at_least, size)])


def bytes_behind(rng, request):
    return framed(request.payload + _random_bytes(rng, rng.randrange(1, 65)))


def twice_in_a_frame(_rng, request):
    return framed(request.payload * 2)


def frame_too_short(rng, request):
    """The rest is read as a frame of its own."""
    size = len(request.payload)
    return struct.pack(">i", size - rng.randrange(1, min(size, 9))) + request.payload


def frame_too_long(rng, request):
    """Never complete: the sending side ends before."""
    return struct.pack(">i", len(request.payload) + rng.choice((100, 1000, 100_000_000))) + request.payload


def other_version(rng, request):
    version = rng.choice((request.api.highest + 1, request.api.lowest - 1, HUGE >> 16, -1, -32768))
    return framed(request.payload[:2] + struct.pack(">h", version) + request.payload[4:])


def other_key(rng, request):
    """Keys that are none, keys of old releases, and another live key, for whose handler the body is not meant."""
    key = rng.choice((-1, 4, 5, 6, 7, 93, HUGE >> 16, -32768, rng.choice((0, 1, 3, 18, 19, 32, 60))))
    return framed(struct.pack(">h", key) + request.payload[2:])


def other_header(rng, request):
    """The header of a flexible version on one that is not, or the other way round."""
    flexible = is_flexible(request.api, request.version)
    (correlation_id,) = struct.unpack_from(">i", request.payload, 4)
    header, _ = make_header(request.api, request.version, rng, correlation_id, 1 if flexible else 2)
    return framed(header + _body(request))


def extreme_header(rng, request):
    """The longest client id, and the least correlation id."""
    head = request.payload[:4] + struct.pack(">i", rng.choice((-1, -HUGE - 1)))
    client_id = struct.pack(">h", 32767) + b"x" * 32767
    tags = b"\0" if is_flexible(request.api, request.version) else b""
    return framed(head + client_id + tags + _body(request))


def length_negative(rng, request):
    """-2, or for a varint 2^32-2."""
    return _with_length(request, _pick(rng, request, "length"), -2)


def length_huge(rng, request):
    return _with_length(request, _pick(rng, request, "length"), rng.choice((HUGE, HUGE - 1, 100_000_000, 1 << 24)))


def length_off_by_one(rng, request):
    mark = _pick(rng, request, "length")
    return _with_length(request, mark, max(-1, _length_of(request, mark) + rng.choice((-1, 1))))


def length_beyond_end(rng, request):
    """One more than there are bytes, or elements of a byte each, behind it."""
    mark = _pick(rng, request, "length")
    return _with_length(request, mark, len(request.payload) - mark.end + 1)


def varint_endless(rng, request):
    """Where the version has no varints, bytes that never end one take the place of a length."""
    size = rng.choice((5, 10, 300))
    mark = _pick(rng, request, "length", "tags", wanted=lambda each: each.compact or each.kind == "tags")
    mark = mark or _pick(rng, request, "length")
    return _replaced(request, mark.begin, mark.end, (_ENDLESS * 30)[:size])


def null_for_value(rng, request):
    """Null, contents and all, where none is allowed, if there is such a place."""
    mark = _pick(rng, request, "length", wanted=lambda each: not each.nullable) or _pick(rng, request, "length")
    content = [each for each in request.marks if each.begin == mark.end and each.kind in ("text", "bytes", "records")]
    end = content[0].end if content else mark.end
    return _replaced(request, mark.begin, end, _coded_length(mark, -1))


def bad_text(rng, request):
    """Bytes that are no UTF-8, control characters, paths, and names that are too long."""
    text = rng.choice((b"\xff\xfe\xc0\x80", b"\xed\xa0\x80", b"\0\n\r\x1b[31m", b"../../../etc/passwd", b".", b"%s%n%x",
                       b"a" * 300, b"x" * 32766))
    length = _pick(rng, request, "length", wanted=lambda each: any(
        mark.begin == each.end and mark.kind == "text" for mark in request.marks))
    end = next(mark.end for mark in request.marks if mark.begin == length.end and mark.kind == "text")
    return _replaced(request, length.begin, end, _coded_length(length, len(text)) + text)


def extreme_number(rng, request):
    mark = _pick(rng, request, "number")
    size = mark.end - mark.begin
    number = rng.choice((1 << 8 * size - 1, (1 << 8 * size - 1) - 1, (1 << 8 * size) - 1, (1 << 8 * size) - 2))
    return _replaced(request, mark.begin, mark.end, number.to_bytes(size, "big"))


def bits(rng, request):
    """One to eight bits, anywhere behind key and version."""
    payload = bytearray(request.payload)
    for _ in range(rng.randrange(1, 9)):
        bit = rng.randrange(32, 8 * len(payload))
        payload[bit // 8] ^= 1 << bit % 8
    return framed(bytes(payload))


def bad_records(rng, request):
    """Records of random bytes, or a batch with a byte changed and its CRC made good again. Other requests have another field
    of bytes, or their whole body, made random."""
    mark = _pick(rng, request, "records", "bytes")
    if mark is None:
        return framed(request.payload[:request.header_end] + _random_bytes(rng, rng.randrange(1, 200)))
    content = bytearray(request.payload[mark.begin:mark.end])
    if mark.kind == "records" and rng.random() < 0.7:
        for _ in range(rng.randrange(1, 4)):
            content[rng.randrange(8, len(content))] = rng.randrange(256)
        content[17:21] = struct.pack(">I", records.crc32c(content[21:]))
    else:
        content = _random_bytes(rng, len(content))
    return _replaced(request, mark.begin, mark.end, bytes(content))


def tags_huge(rng, request):
    """Very many tags, or one that is very large; a section of tags behind versions that have none."""
    mark = _pick(rng, request, "tags")
    most = varint(0xFFFFFFFF)
    content = rng.choice((varint(HUGE), most, b"\1\7" + varint(HUGE), b"\1\7" + most, b"\1" + most + b"\0"))
    return _replaced(request, mark.begin, mark.end, content) if mark else framed(request.payload + content)


def tags_unknown(rng, request):
    """Tags that the schemas do not have, in order, repeated or the wrong way round."""
    tags = rng.choice(((90, 91), (91, 90), (90, 90), (0, 0), (1, 0), tuple(range(90, 1090))))
    section = varint(len(tags)) + b"".join(varint(tag) + b"\3abc" for tag in tags)
    mark = _pick(rng, request, "tags", wanted=lambda each: request.payload[each.begin:each.end] == b"\0")
    return _replaced(request, mark.begin, mark.end, section) if mark else framed(request.payload + section)


def elements_repeated(rng, request):
    """An element of an array up to some thousand times; where there are none, the whole body."""
    mark = _pick(rng, request, "element")
    times = rng.choice((1, 10, 1000, 5000))
    if mark is None:
        return framed(request.payload + _body(request) * times)
    element = request.payload[mark.begin:mark.end]
    payload = request.payload[:mark.end] + element * times + request.payload[mark.end:]
    length = _coded_length(mark.array, mark.count + times)
    return framed(payload[:mark.array.begin] + length + payload[mark.array.end:])


def spliced(rng, request):
    """A piece of the body copied over another place of it, or put in between."""
    body = _body(request) or request.payload
    at, begin = rng.randrange(len(body)), rng.randrange(len(body))
    piece = body[begin:begin + rng.randrange(1, 40)]
    rest = body[at if rng.random() < 0.5 else at + len(piece):]
    return framed(request.payload[:request.header_end] + body[:at] + piece + rest)


ALL = (cut_in_header, cut_in_body, bytes_behind, twice_in_a_frame, frame_too_short, frame_too_long, other_version, other_key,
       other_header, extreme_header, length_negative, length_huge, length_off_by_one, length_beyond_end, varint_endless,
       null_for_value, bad_text, extreme_number, bits, bad_records, tags_huge, tags_unknown, elements_repeated, spliced)


def mutate(mutation, rng, request):
    """What is sent; it differs from the request."""
    valid = framed(request.payload)
    for _ in range(20):
        sent = mutation(rng, request)
        if sent != valid:
            return sent
    return bytes_behind(rng, request)
