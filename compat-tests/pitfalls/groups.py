"""What groups leave behind for those who look, and settings under which a single node serves them."""
import subprocess
import time

import messages
import records
from client import Client
from node import Node, PlainNode
from waiting import equal, needs, until

_OFFSETS_TOPIC = "__consumer_offsets"


def _commits(client):
    """(group, topic, partition) to (offset, metadata), or to None where it was deleted, as a reader of the topic has it."""
    found, offset = {}, 0
    while data := client.fetch(_OFFSETS_TOPIC, offset):
        for record in records.stored(data):
            key = messages.decode_key("OffsetCommit", record.key)
            if key:
                value = record.value and messages.decode_value("OffsetCommit", record.value)
                found[key["group"], key["topic"], key["partition"]] = value and (value["offset"], value["metadata"])
        offset = max(end for _, end, _, _ in records.headers_of(data))
    return found


def commits_can_be_read(folder):
    """The offsets' topic is listed, described and read like others, and has what groups committed in Kafka's layout."""
    with Node(folder) as node, Client(node.address) as client:
        client.create_topic("t", 2)
        client.commit("g", "t", 7, 1, "by hand")
        client.commit("h", "t", 3)
        client.commit("g", "t", 8, 1, "later")
        topics = {topic["Name"]: topic for topic in client.call("Metadata", 12, Topics=None)["Topics"]}
        equal((topics[_OFFSETS_TOPIC]["IsInternal"], topics[_OFFSETS_TOPIC]["ErrorCode"], topics["t"]["IsInternal"]),
              (True, 0, False), "how topics are listed")
        equal(client.describe_configs(2, _OFFSETS_TOPIC, "cleanup.policy"), {"cleanup.policy": ("compact", 1)}, "its policy")
        wanted = {("g", "t", 1): (8, "later"), ("h", "t", 0): (3, "")}
        equal(_commits(client), wanted, "commits")
        node.stop()
        node.start()
        with Client(node.address) as later:
            equal(_commits(later), wanted, "commits behind a restart")
            deleted = until(lambda: _deleted(later, "h"), "the coordinator is loaded")
            equal(deleted, "deleted", "the group")
            equal(_commits(later), wanted | {("h", "t", 0): None}, "commits behind a deletion")


def _deleted(client, group):
    code = client.call("DeleteGroups", 2, GroupsNames=[group])["Results"][0]["ErrorCode"]
    return {0: "deleted", 14: None, 15: None, 16: None}.get(code, f"error {code}")


_SINGLE = ("offsets.topic.replication.factor", "transaction.state.log.replication.factor", "transaction.state.log.min.isr",
           "share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.min.isr",
           "default.replication.factor", "min.insync.replicas")
_INITIAL_DELAY_S = 3.0


def defaults_suit_one_node(folder):
    """Without a setting a node is where it says, gives its internal topics one replica, and lets groups begin at once."""
    needs("kcat")
    with PlainNode(folder) as node, Client(node.address) as client:
        broker, = client.call("Metadata", 12, Topics=[])["Brokers"]
        equal(f"{broker['Host']}:{broker['Port']}", node.address, "the address that clients are sent to")
        found = client.describe_configs(4, str(broker["NodeId"]), *_SINGLE)
        equal({name: value for name, (value, _) in found.items()}, dict.fromkeys(_SINGLE, "1"), "settings for single replicas")
        client.create_topic("t")
        client.produce("t", records.batch([b"x"]))
        began = time.monotonic()
        done = subprocess.run(["kcat", "-q", "-b", node.address, "-G", "g", "-X", "auto.offset.reset=earliest", "-c", "1", "t"],
                              capture_output=True, text=True, timeout=60)
        equal(done.stdout, "x\n", f"what a group reads ({done.stderr})")
        if time.monotonic() - began >= _INITIAL_DELAY_S:
            raise AssertionError(f"the first member had its record behind {time.monotonic() - began:.1f} s")


TESTS = (commits_can_be_read, defaults_suit_one_node)
