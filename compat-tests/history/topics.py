"""The topics of the workloads."""
import typing

from connection import connect
from messages import call
from waiting import until

_DELETE_RETENTION_MS = 3000


class Topic(typing.NamedTuple):
    """Its settings are Kafka's names and values."""
    name: str
    partitions: int
    settings: dict = {}


def _numbered(workload, count, partitions):
    return [Topic(f"{workload}-{i}", partitions) for i in range(count)]


# What DeleteRecords and the cleaner take is in segments that are closed.
_SMALL_SEGMENTS = {"segment.ms": "1500", "file.delete.delay.ms": "1000"}
_COMPACTED = _SMALL_SEGMENTS | {
    "cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.01", "delete.retention.ms": str(_DELETE_RETENTION_MS)}
# How many topics a workload writes to one behind the other, each with so many partitions.
SIZES = {"w1": (4, 8), "w2": (2, 4), "w3": (4, 8), "w4": (2, 4), "w5": (1, 2)}
_FURTHER = {"w4": [Topic("w4out-0", 4)], "w5": [Topic("w5trim-0", 2, _SMALL_SEGMENTS)]}


def _topics(workload):
    if workload == "w5":
        return [Topic("w5-0", 2, _COMPACTED)] + _FURTHER["w5"]
    return _numbered(workload, *SIZES[workload]) + _FURTHER.get(workload, [])


def _are_led(connection, topics):
    """Before that a producer's first batch may be refused and its second taken, and the first is then a repetition to the broker."""
    asked = [{"Name": topic.name, "Partitions": [{"PartitionIndex": i, "Timestamp": -1} for i in range(topic.partitions)]}
             for topic in topics]
    answer = call(connection, "ListOffsets", 7, {"ReplicaId": -1, "IsolationLevel": 0, "Topics": asked})
    return all(partition["ErrorCode"] == 0 for topic in answer["Topics"] for partition in topic["Partitions"])


def create(address, workloads, events):
    """The topics of all these workloads, which the history then knows."""
    topics = [topic for workload in workloads for topic in _topics(workload)]
    wanted = [{"Name": topic.name, "NumPartitions": topic.partitions, "ReplicationFactor": 1,
               "Configs": [{"Name": name, "Value": value} for name, value in topic.settings.items()]} for topic in topics]
    with connect(address, 60) as connection:
        answer = call(connection, "CreateTopics", 7, {"Topics": wanted, "timeoutMs": 30000})
        wrong = [topic for topic in answer["Topics"] if topic["ErrorCode"] != 0]
        if wrong:
            raise AssertionError(f"not created: {wrong}")
        until(lambda: _are_led(connection, topics), "all partitions have a leader")
    for topic in topics:
        events.topic(topic.name, topic.partitions, topic.settings.get("cleanup.policy") == "compact", _DELETE_RETENTION_MS)
