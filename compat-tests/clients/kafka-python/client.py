"""kafka-python: the client written in Python alone."""

import time

from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.admin import ConfigResource, KafkaAdminClient, OffsetSpec
from kafka.errors import KafkaError

from checks import (
    BOOTSTRAP, CODECS, COMMITTED, COUNT, CREATED_CONFIG, MIDDLE_MS, MIDDLE_OFFSETS, Record, check, check_fields, equal,
    none, record, records, run, same_records)

NAME = "kafka-python"
ADMIN = f"{NAME}-admin"
GROUP = f"{NAME}-group"
TOPIC = f"{NAME}-none"
TXN = f"{NAME}-txn"
PARTITIONS = [TopicPartition(TOPIC, p) for p in range(3)]

admin = KafkaAdminClient(bootstrap_servers=BOOTSTRAP)


def produce(topic, codec, first, last):
    with_codec = None if codec == "none" else codec
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, compression_type=with_codec, linger_ms=5, acks="all")
    sent = []
    for i in range(first, last):
        r = record(i)
        sent.append(producer.send(topic, r.value, r.key, r.headers, r.partition, r.timestamp))
    for i, future in zip(range(first, last), sent):
        equal(future.get(30).offset, record(i).offset, "offset")
    producer.close()


def consumer(group=None, **settings):
    return KafkaConsumer(bootstrap_servers=BOOTSTRAP, group_id=group, enable_auto_commit=False,
                         auto_offset_reset="earliest", **settings)


def of_message(m):
    equal(m.timestamp_type, 0, "kind of timestamp")
    return Record(m.partition, m.offset, m.timestamp, m.key, m.value, [tuple(h) for h in m.headers])


def read(reader, count):
    got = []
    deadline = time.monotonic() + 30
    while len(got) < count and time.monotonic() < deadline:
        for messages in reader.poll(500, count - len(got)).values():
            got += map(of_message, messages)
    return got


def read_from(topic, count, starts=(0, 0, 0), **settings):
    reader = consumer(**settings)
    reader.assign([TopicPartition(topic, p) for p in range(len(starts))])
    for p, start in enumerate(starts):
        reader.seek(TopicPartition(topic, p), start)
    got = read(reader, count)
    reader.close()
    return got


def until(condition, what):
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not in time: {what}")


def waiting(call):
    """The admin client leaves it to its callers to wait for a coordinator."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return call()
        except KafkaError as error:
            if not error.retriable or time.monotonic() > deadline:
                raise


def topic_configs(which="modified"):
    return admin.describe_configs([ConfigResource("TOPIC", ADMIN)], config_filter=which)["topic"][ADMIN]


def make_topics():
    names = [f"{NAME}-{codec}" for codec in CODECS] + [ADMIN]
    with check("create-topic"):
        wanted = {"num_partitions": 3, "replication_factor": 1, "configs": CREATED_CONFIG}
        answer = admin.create_topics({name: wanted for name in names}, wait_for_metadata=True)
        equal([t["configs"]["segment.bytes"]["value"] for t in answer["topics"]], ["1048576"] * len(names))
    with check("list-topics"):
        until(lambda: set(admin.list_topics()) >= set(names), f"{names} in the list")
    with check("describe-topic"):
        topic, = admin.describe_topics([ADMIN])
        equal(sorted((p["partition_index"], p["leader_id"]) for p in topic["partitions"]), [(0, 0), (1, 0), (2, 0)])
    with check("describe-configs"):
        entry = topic_configs()["segment.bytes"]
        equal((entry["value"], entry["config_source"]), ("1048576", "DYNAMIC_TOPIC_CONFIG"))


def codecs():
    for codec in CODECS:
        with check(f"codec-{codec}"):
            produce(f"{NAME}-{codec}", codec, 0, COUNT)
            same_records(read_from(f"{NAME}-{codec}", COUNT), records())
    check_fields(read_from(TOPIC, COUNT))


def times():
    reader = consumer()
    with check("watermarks"):
        equal(reader.beginning_offsets(PARTITIONS), {p: 0 for p in PARTITIONS})
        equal(reader.end_offsets(PARTITIONS), {p: 100 for p in PARTITIONS})
    with check("offsets-for-times"):
        found = reader.offsets_for_times({p: MIDDLE_MS for p in PARTITIONS})
        equal([found[p].offset for p in PARTITIONS], MIDDLE_OFFSETS)
        equal(reader.offsets_for_times({p: MIDDLE_MS + 10**9 for p in PARTITIONS}), {p: None for p in PARTITIONS})
    with check("seek-by-time"):
        equal(read_from(TOPIC, 1, (100, 100, MIDDLE_OFFSETS[2])), [record(101)])
    reader.close()


def settle(members, sizes):
    """Polls them until they share the partitions in this way."""
    def settled():
        for member in members:
            member.poll(100)
        shares = [{t.partition for t in member.assignment()} for member in members]
        return sorted(map(len, shares)) == sizes and set().union(*shares) == {0, 1, 2}
    until(settled, f"shares of {sizes}")


def committed(group):
    found = waiting(lambda: admin.list_group_offsets(group)[group])
    return {t.partition: o.offset for t, o in found.items()}


def listed():
    return {g["group_id"]: g["group_state"] for g in admin.list_groups()}


def group():
    first = consumer(GROUP)
    first.subscribe([TOPIC])
    with check("rebalance"):
        settle([first], [3])
        second = consumer(GROUP)
        second.subscribe([TOPIC])
        settle([first, second], [1, 2])
    with check("list-groups"):
        equal(listed().get(GROUP), "Stable")
    with check("describe-group"):
        found = admin.describe_groups([GROUP])[GROUP]
        equal((found["group_state"], len(found["members"])), ("Stable", 2))
        shares = [t["partitions"] for m in found["members"] for t in m["member_assignment"]["assigned_partitions"]]
        equal(sorted(sum(shares, [])), [0, 1, 2])
    second.close()
    with check("commit"):
        settle([first], [3])
        offsets = {p: OffsetAndMetadata(o, f"of {p.partition}", -1) for p, o in zip(PARTITIONS, COMMITTED)}
        first.commit(offsets)
        found = [first.committed(p, metadata=True) for p in PARTITIONS]
        equal([(f.offset, f.metadata) for f in found], [(o.offset, o.metadata) for o in offsets.values()])
    first.close()
    with check("resume"):
        after = consumer(GROUP)
        after.subscribe([TOPIC])
        got = read(after, COUNT - sum(COMMITTED))
        after.close()
        same_records(got, [r for r in records() if r.offset >= COMMITTED[r.partition]])


def send(topic, partition, values):
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP)
    for value in values:
        producer.send(topic, value, partition=partition).get(30)
    producer.close()


def administer():
    with check("alter-configs"):
        admin.alter_configs([ConfigResource("TOPIC", ADMIN, {"max.message.bytes": "65536"})], incremental=True)
        got = topic_configs()
        equal({name: entry["value"] for name, entry in got.items()}.items() >=
              {"max.message.bytes": "65536", **CREATED_CONFIG}.items(), True, f"both in {sorted(got)}")
    with check("create-partitions"):
        admin.create_partitions({ADMIN: 5})
        until(lambda: len(admin.describe_topics([ADMIN])[0]["partitions"]) == 5, "5 partitions")
        send(ADMIN, 4, [b"into the last"])
    with check("delete-records"):
        send(ADMIN, 0, [str(i).encode() for i in range(10)])
        partition = TopicPartition(ADMIN, 0)
        equal(admin.delete_records({partition: 5})[partition]["low_watermark"], 5)
        equal([r.value for r in read_from(ADMIN, 5, (5,))], [b"5", b"6", b"7", b"8", b"9"])
        equal(admin.list_partition_offsets({partition: OffsetSpec.EARLIEST})[partition].offset, 5)


def transactions():
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, transactional_id=TXN, max_block_ms=20000)
    with check("transaction"):
        admin.create_topics({TXN: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
        producer.init_transactions()
        for number, end in enumerate((producer.commit_transaction, producer.abort_transaction,
                                      producer.commit_transaction)):
            producer.begin_transaction()
            for i in range(5):
                producer.send(TXN, f"{number}-{i}".encode(), partition=0)
            producer.flush(20)
            end()
        got = read_from(TXN, 10, (0,), isolation_level="read_committed")
        equal([(r.offset, r.value) for r in got],
              [(6 * number + i, f"{number}-{i}".encode()) for number in (0, 2) for i in range(5)])
    with check("transaction-offset"):
        producer.begin_transaction()
        producer.send_offsets_to_transaction({TopicPartition(TXN, 0): OffsetAndMetadata(3, "", -1)}, f"{TXN}-group")
        producer.commit_transaction()
        until(lambda: committed(f"{TXN}-group") == {0: 3}, "the offset")
    producer.close(timeout=5)


def before():
    make_topics()
    codecs()
    times()
    group()
    none("new-group", "mixed-group", "share-group")
    administer()
    transactions()


def after():
    with check("restart-records"):
        for codec in CODECS:
            same_records(read_from(f"{NAME}-{codec}", COUNT), records())
    with check("restart-configs"):
        equal(topic_configs()["segment.bytes"]["value"], "1048576")
    with check("restart-commit"):
        equal(committed(GROUP), dict(enumerate(COMMITTED)))
    with check("restart-produce"):
        produce(TOPIC, "none", COUNT, COUNT + 3)
        same_records(read_from(TOPIC, COUNT + 3), records(COUNT + 3))
    with check("delete-offsets"):
        results = admin.delete_group_offsets(GROUP, PARTITIONS[:1])
        equal([error.__name__ for error in results.values()], ["NoError"])
        equal(committed(GROUP), {1: 20, 2: 30})
    with check("delete-group"):
        equal(admin.delete_groups([GROUP]), {GROUP: "OK"})
        equal(GROUP in listed(), False, "listed")
    with check("delete-topic"):
        admin.delete_topics([ADMIN])
        until(lambda: ADMIN not in admin.list_topics(), "gone from the list")


run({"before": before, "after": after})
