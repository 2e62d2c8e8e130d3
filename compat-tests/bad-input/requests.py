"""Valid requests of every version, made from schemas/, with marks on what mutations take hold of.

What a request says is plausible, so that it comes as far as its handler: an existing topic and its id, groups, settings that
exist. It is harmless, too, by intent and by whatever a few changed bits make of it: it never names the node itself where that
would be unregistered or fenced, nor the canary's topic, and asks for short waits.
"""
import re
import struct
import typing

import records
from messages import INTEGERS, REQUEST_HEADER, Api, contains, is_flexible
from records import varint

CLUSTER_ID = "bW9sZGF1LWNvbXBhdC0xMQ"
METADATA_TOPIC = "__cluster_metadata"
METADATA_TOPIC_ID = bytes(15) + b"\1"
# The id of a node that is none, and from which a few changed bytes do not make that of one that is.
NOBODY = 0x63636363

# Each is one value or some to draw from. A key is Request:Field, Parent.Field or Field; the first of these that is there counts.
_VALUES = {
    "Acks": [-1, 1, 0],
    "AlterConfigs:ResourceType": 2,
    "BrokerIds": 0,
    "CandidateId": NOBODY,
    "ClusterId": [None, CLUSTER_ID],
    "CommittedOffset": [0, 5],
    "Configs.Name": "retention.ms",
    "Configs.Value": "-1",
    "ConfigurationKeys": "retention.ms",
    "Count": 3,
    "CreateAcls:ResourceType": 2,
    "CreateTopics:Name": "made",
    "CurrentLeaderEpoch": [-1, 0],
    "DeleteTopics:Name": "made",
    "DeleteTopics:TopicId": bytes(range(16)),
    "DeleteTopics:TopicNames": "made",
    "DescribeConfigs:ResourceName": ["victim", "0", ""],
    "DescribeConfigs:ResourceType": [2, 4, 8, 16],
    "DescribeQuorum:TopicName": METADATA_TOPIC,
    "ElectionType": [0, 1],
    "Feature": "no.such.feature",
    "FetchOffset": 0,
    "FindCoordinator:KeyType": 0,
    "GenerationIdOrMemberEpoch": -1,
    "GroupInstanceId": None,
    "Host": "localhost",
    "IncrementalAlterConfigs:ResourceType": 2,
    "IsolationLevel": [0, 1],
    "LeaderId": NOBODY,
    "LogStartOffset": -1,
    "MaxBytes": 1 << 20,
    "MaxWaitMs": 10,
    "MemberId": "",
    "Metadata": b"\0\1\0\0\0\1\0\6victim\0\0\0\0",
    "MinBytes": 1,
    "NumPartitions": -1,
    "OffsetDelete:GroupId": "deletes",
    "Operation": 3,
    "PartitionMaxBytes": 1 << 16,
    "Path": "/nowhere",
    "PatternTypeFilter": 3,
    "PermissionType": 3,
    "Port": 9,
    "ProducerEpoch": [-1, 0],
    "ProducerId": [-1, 1000],
    "ProtocolName": "range",
    "ProtocolType": "consumer",
    "Protocols.Name": "range",
    "RebalanceTimeoutMs": 300,
    "ReplicaId": [-1, -1, NOBODY],
    "Replicas": 0,
    "ReplicationFactor": -1,
    "ResourceName": "victim",
    "ResourcePatternType": 3,
    "ResourceTypeFilter": 2,
    "RetentionTimeMs": -1,
    "SessionEpoch": [-1, 0],
    "SessionId": 0,
    "SessionTimeoutMs": 6000,
    "StatesFilter": "Stable",
    "TimeoutMs": 1000,
    "Timestamp": [-1, -2, -3, 0],
    "TypesFilter": "classic",
    "VoterId": NOBODY,
    "timeoutMs": 1000,
}
_OF_ENTITIES = {"brokerId": NOBODY, "producerId": [-1, 1000], "transactionalId": "transaction"}
_OF_TYPES = {"string": ["text", ""], "bytes": [b"bytes", b""], "bool": [False, True], "float64": 1.5, "uuid": bytes(16)}
_PARTITIONS = [0, 0, 0, 1, 7]
_IS_PARTITION = re.compile("Index|Partition|PartitionIndex|PartitionIndexes|Partitions")


class Mark(typing.NamedTuple):
    """A place of the payload. Kinds: length, tags (how many), text, bytes, records, number, element."""
    kind: str
    begin: int
    end: int
    nullable: bool = False
    compact: bool = False
    array: "Mark | None" = None  # of an element: the length of its array
    count: int = 0


class Request(typing.NamedTuple):
    """A valid request, without its frame's length."""
    api: Api
    version: int
    payload: bytes
    header_end: int
    marks: list


class Surroundings(typing.NamedTuple):
    """What requests may refer to."""
    topic_id: bytes
    group: str
    is_controller: bool


class _Writer:
    """Writes a message by its schema, values drawn by `rng`."""

    def __init__(self, api, version, rng, surroundings, fixed=()):
        self._api, self._version, self._rng, self._surroundings = api, version, rng, surroundings
        self._fixed = dict(fixed)
        self._structs = {each["name"]: each["fields"] for each in api.schema.get("commonStructs", [])}
        self._flexible = is_flexible(api, version)
        self.data, self.marks = bytearray(), []

    def message(self):
        self._struct("", self._api.schema["fields"])
        return self

    def _struct(self, parent, fields):
        tagged = []
        for field in fields:
            if contains(field.get("taggedVersions", "none"), self._version):
                tagged.append(field)
            elif contains(field["versions"], self._version):
                self._field(parent, field)
        if self._flexible:
            self._tags(parent, [field for field in tagged if self._rng.random() < 0.5])

    def _tags(self, parent, fields):
        self._mark("tags", varint(len(fields)))
        for field in sorted(fields, key=lambda each: each["tag"]):
            inner = _Writer(self._api, self._version, self._rng, self._surroundings, self._fixed)
            inner._field(parent, field)
            self.data += varint(field["tag"]) + varint(len(inner.data))
            at = len(self.data)
            self.marks += [_moved(mark, at) for mark in inner.marks]
            self.data += inner.data

    def _field(self, parent, field):
        nullable = contains(field.get("nullableVersions", "none"), self._version)
        name, kind = field["name"], field["type"]
        compact = self._flexible and field.get("flexibleVersions") != "none"
        if kind.startswith("[]"):
            self._array(field, kind[2:], nullable, compact)
        elif kind in INTEGERS or kind in ("bool", "uuid"):
            self._scalar(kind, self._value(parent, field, kind))
        elif kind in ("string", "bytes", "records"):
            value = self._value(parent, field, kind)
            self._bytes(kind, None if value is None and nullable else value or b"", nullable, compact)
        else:
            if nullable:
                is_null = self._rng.random() < 0.3
                self.data += b"\xff" if is_null else b"\1"
                if is_null:
                    return
            self._struct(name, field.get("fields") or self._structs[kind])

    def _array(self, field, kind, nullable, compact):
        if nullable and self._rng.random() < 0.2:
            self._length("array", None, True, compact)
            return
        count = self._rng.choice((1, 1, 2))
        length = self._length("array", count, nullable, compact)
        for _ in range(count):
            begin = len(self.data)
            fields = field.get("fields") or self._structs.get(kind)
            if fields:
                self._struct(field["name"], fields)
            else:
                self._field("", {**field, "type": kind, "nullableVersions": "none"})
            self.marks.append(Mark("element", begin, len(self.data), compact=compact, array=length, count=count))

    def _scalar(self, kind, value):
        if kind == "uuid":
            self.data += value
        elif kind == "bool":
            self.data.append(int(value))
        else:
            self._mark("number", struct.pack(INTEGERS[kind], value))

    def _bytes(self, kind, value, nullable, compact):
        content = value.encode() if isinstance(value, str) else value
        self._length(kind, None if content is None else len(content), nullable, compact)
        if content is not None:
            self._mark("text" if kind == "string" else kind, content)

    def _length(self, kind, size, nullable, compact):
        number = -1 if size is None else size
        if compact:
            coded = varint(number + 1)
        else:
            coded = struct.pack(">h" if kind == "string" else ">i", number)
        return self._mark("length", coded, nullable, compact)

    def _mark(self, kind, content, nullable=False, compact=False):
        mark = Mark(kind, len(self.data), len(self.data) + len(content), nullable, compact)
        self.marks.append(mark)
        self.data += content
        return mark

    def _value(self, parent, field, kind):
        name = field["name"]
        if name in self._fixed:
            return self._fixed[name]
        entity = field.get("entityType")
        for key in (f"{self._api.name}:{name}", f"{parent}.{name}", name):
            if key in _VALUES:
                return self._draw(_VALUES[key])
        if kind == "records":
            return records.batch([b"value %d" % i for i in range(self._rng.randrange(1, 4))])
        if kind == "uuid" and "Topic" in name:
            return METADATA_TOPIC_ID if self._surroundings.is_controller else self._surroundings.topic_id
        if entity == "topicName" or name in ("Topic", "TopicName"):
            return METADATA_TOPIC if self._surroundings.is_controller else "victim"
        if entity == "groupId" or name in ("Key", "CoordinatorKeys"):
            return self._surroundings.group
        if entity in _OF_ENTITIES:
            return self._draw(_OF_ENTITIES[entity])
        if kind in INTEGERS and _IS_PARTITION.fullmatch(name):
            return self._draw(_PARTITIONS)
        return self._draw(_OF_TYPES.get(kind, [0, 1]))

    def _draw(self, values):
        return self._rng.choice(values) if isinstance(values, list) else values


def _moved(mark, by):
    array = mark.array and _moved(mark.array, by)
    return mark._replace(begin=mark.begin + by, end=mark.end + by, array=array)


def make_header(api, version, rng, correlation_id, header_version):
    """Bytes and marks."""
    fixed = {"RequestApiKey": api.key, "RequestApiVersion": version, "CorrelationId": correlation_id, "ClientId": "bad-input"}
    header = _Writer(REQUEST_HEADER, header_version, rng, None, fixed).message()
    return bytes(header.data), header.marks


def make(api, version, rng, surroundings, correlation_id):
    """A valid request."""
    header, marks = make_header(api, version, rng, correlation_id, 2 if is_flexible(api, version) else 1)
    body = _Writer(api, version, rng, surroundings).message()
    at = len(header)
    return Request(api, version, header + bytes(body.data), at, marks + [_moved(mark, at) for mark in body.marks])
