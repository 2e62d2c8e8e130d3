"""Kafka's messages by schemas/: which versions there are, and requests and answers as dictionaries of Kafka's field names.

What a request leaves out has its default, what its version lacks is dropped; an answer has all fields of its version.
"""
import functools
import json
import pathlib
import re
import struct
import typing

from connection import ask, framed
from records import Cursor, varint

INTEGERS = {"int8": ">b", "int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "int64": ">q", "float64": ">d"}
_SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "schemas"
_API_VERSIONS = 18


class Api(typing.NamedTuple):
    """The schema of a message."""
    name: str
    key: int
    lowest: int
    highest: int
    schema: dict

    def listeners(self):
        return self.schema["listeners"]


def _load(path):
    return json.loads(re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.M))


def _api(schema, kind):
    versions = schema["validVersions"].split("-")
    return Api(schema["name"].removesuffix(kind), schema["apiKey"], int(versions[0]), int(versions[-1]), schema)


def _load_all(kind):
    schemas = (_load(path) for path in _SCHEMAS.glob(f"*/*{kind}.json"))
    return sorted((_api(schema, kind) for schema in schemas if schema["validVersions"] != "none"), key=lambda api: api.key)


def load_requests():
    """In the order of their keys."""
    return _load_all("Request")


@functools.cache
def _by_name(kind):
    return {api.name: api for api in _load_all(kind)}


REQUEST_HEADER = Api("Header", -1, 1, 2, _load(_SCHEMAS / "requests/RequestHeader.json"))


def contains(versions, version):
    """Of a range as schemas write it."""
    lowest, dash, highest = versions.rstrip("+").partition("-")
    if lowest in ("", "none"):
        return False
    highest = 32767 if versions.endswith("+") else int(highest if dash else lowest)
    return int(lowest) <= version <= highest


def is_flexible(api, version):
    return contains(api.schema["flexibleVersions"], version)


class _Coder:
    """What writing and reading have in common: which fields there are, and how they are laid out."""

    def __init__(self, api, version):
        self._version = version
        self._structs = {each["name"]: each["fields"] for each in api.schema.get("commonStructs", [])}
        self._flexible = is_flexible(api, version)
        self._fields = api.schema["fields"]

    def _plain(self, fields):
        tagged = self._tagged(fields)
        return [field for field in fields if contains(field["versions"], self._version) and field not in tagged]

    def _tagged(self, fields):
        return [field for field in fields if contains(field.get("taggedVersions", "none"), self._version)]

    def _is_compact(self, field):
        return self._flexible and field.get("flexibleVersions") != "none"

    def _inner(self, field, kind):
        """The fields of a struct; None of anything else."""
        return field.get("fields") or self._structs.get(kind)


def _default(field):
    kind, text = field["type"], field.get("default")
    if isinstance(text, int):
        return text
    if text == "null":
        return None
    if kind.startswith("[]"):
        return []
    if kind == "bool":
        return text == "true"
    if kind == "float64":
        return float(text or 0)
    if kind in INTEGERS:
        return int(text or "0", 0)
    return {"string": text or "", "bytes": b"", "records": None, "uuid": bytes(16)}.get(kind, {})


class _Writer(_Coder):
    def message(self, values):
        return self._struct(self._fields, values)

    def _struct(self, fields, values):
        unknown = set(values) - {field["name"] for field in fields}
        if unknown:
            raise KeyError(f"no such fields: {unknown}")
        data = b"".join(self._field(field, values.get(field["name"], _default(field))) for field in self._plain(fields))
        if not self._flexible:
            return data
        given = [field for field in self._tagged(fields) if field["name"] in values]
        data += varint(len(given))
        for field in sorted(given, key=lambda each: each["tag"]):
            content = self._field(field, values[field["name"]])
            data += varint(field["tag"]) + varint(len(content)) + content
        return data

    def _length(self, size, compact, of_string=False):
        return varint(size + 1) if compact else struct.pack(">h" if of_string else ">i", size)

    def _field(self, field, value):
        kind, compact = field["type"], self._is_compact(field)
        if kind.startswith("[]"):
            if value is None:
                return self._length(-1, compact)
            element = {**field, "type": kind[2:], "nullableVersions": "none"}
            return self._length(len(value), compact) + b"".join(self._field(element, each) for each in value)
        if kind in INTEGERS:
            return struct.pack(INTEGERS[kind], value)
        if kind == "bool":
            return bytes([value])
        if kind == "uuid":
            return value
        if kind in ("string", "bytes", "records"):
            if value is None:
                return self._length(-1, compact, kind == "string")
            content = value.encode() if isinstance(value, str) else value
            return self._length(len(content), compact, kind == "string") + content
        fields = self._inner(field, kind)
        if contains(field.get("nullableVersions", "none"), self._version):
            return b"\xff" if value is None else b"\1" + self._struct(fields, value)
        return self._struct(fields, value)


class _Reader(_Coder):
    def __init__(self, api, version, data):
        super().__init__(api, version)
        self._data = Cursor(data)

    def message(self):
        """Raises ValueError where anything is left, or missing."""
        values = self._struct(self._fields)
        if self._data.left():
            raise ValueError(f"{self._data.left()} bytes behind the answer")
        return values

    def _number(self, layout):
        return struct.unpack(layout, self._data.take(struct.calcsize(layout)))[0]

    def _struct(self, fields):
        values = {field["name"]: self._field(field) for field in self._plain(fields)}
        if self._flexible:
            tagged = {field["tag"]: field for field in self._tagged(fields)}
            values |= {field["name"]: _default(field) for field in tagged.values()}
            for _ in range(self._data.varint()):
                tag, size = self._data.varint(), self._data.varint()
                if tag in tagged:
                    values[tagged[tag]["name"]] = self._field(tagged[tag])
                else:
                    self._data.take(size)
        return values

    def _length(self, compact, of_string=False):
        return self._data.varint() - 1 if compact else self._number(">h" if of_string else ">i")

    def _field(self, field):
        kind, compact = field["type"], self._is_compact(field)
        if kind.startswith("[]"):
            count = self._length(compact)
            element = {**field, "type": kind[2:], "nullableVersions": "none"}
            return None if count < 0 else [self._field(element) for _ in range(count)]
        if kind in INTEGERS:
            return self._number(INTEGERS[kind])
        if kind == "bool":
            return self._data.take(1) != b"\0"
        if kind == "uuid":
            return self._data.take(16)
        if kind in ("string", "bytes", "records"):
            size = self._length(compact, kind == "string")
            content = None if size < 0 else self._data.take(size)
            return content.decode() if kind == "string" and content is not None else content
        if contains(field.get("nullableVersions", "none"), self._version) and self._data.take(1) == b"\xff":
            return None
        return self._struct(self._inner(field, kind))


def encode(name, version, values, correlation_id, client_id="test"):
    """A whole frame."""
    api = _by_name("Request")[name]
    header = {"RequestApiKey": api.key, "RequestApiVersion": version, "CorrelationId": correlation_id, "ClientId": client_id}
    payload = _Writer(REQUEST_HEADER, 2 if is_flexible(api, version) else 1).message(header)
    return framed(payload + _Writer(api, version).message(values))


def decode(name, version, payload):
    """The fields of an answer, without its header."""
    api = _by_name("Response")[name]
    at = 5 if is_flexible(api, version) and api.key != _API_VERSIONS else 4
    return _Reader(api, version, payload[at:]).message()


def decode_key(name, data):
    """The fields of a coordinator's key, which begins with the number of its kind; None if it is of another."""
    api = _by_name("Key")[name]
    return _Reader(api, 0, data[2:]).message() if int.from_bytes(data[:2], "big") == api.key else None


def decode_value(name, data):
    """The fields of a coordinator's value, which begins with the number of its version."""
    return _Reader(_by_name("Value")[name], int.from_bytes(data[:2], "big"), data[2:]).message()


def call(connection, name, version, values):
    """Asks, and gives the answer's fields."""
    return decode(name, version, ask(connection, encode(name, version, values, 1)))
