"""confluent-kafka: librdkafka from Python."""

import time

from confluent_kafka import (
    TIMESTAMP_CREATE_TIME, Consumer, ConsumerGroupState, ConsumerGroupTopicPartitions, Producer, TopicCollection,
    TopicPartition)
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ConfigSource, NewPartitions, NewTopic, OffsetSpec,
    ResourceType)

from checks import (
    BOOTSTRAP, CODECS, COMMITTED, COUNT, CREATED_CONFIG, MIDDLE_MS, MIDDLE_OFFSETS, Record, check, check_fields, equal,
    none, record, records, run, same_records)

NAME = "confluent-kafka"
ADMIN = f"{NAME}-admin"
GROUP = f"{NAME}-group"
TOPIC = f"{NAME}-none"
TXN = f"{NAME}-txn"

admin = AdminClient({"bootstrap.servers": BOOTSTRAP})


def results(futures):
    return {name: future.result(30) for name, future in futures.items()}


def produce(topic, codec, first, last):
    producer = Producer({"bootstrap.servers": BOOTSTRAP, "compression.type": codec, "linger.ms": 5,
                         "enable.idempotence": True})
    offsets = []
    for i in range(first, last):
        r = record(i)
        producer.produce(topic, r.value, r.key, r.partition, timestamp=r.timestamp, headers=r.headers or None,
                         on_delivery=lambda error, message: offsets.append(error or message.offset()))
    equal(producer.flush(30), 0, "left in the queue")
    equal(sorted(map(str, offsets)), sorted(str(record(i).offset) for i in range(first, last)), "offsets")


def consumer(group="unused", **settings):
    return Consumer({"bootstrap.servers": BOOTSTRAP, "group.id": group, "enable.auto.commit": False,
                     "auto.offset.reset": "earliest", **{k.replace("_", "."): v for k, v in settings.items()}})


def of_message(message):
    kind, time_ms = message.timestamp()
    equal(kind, TIMESTAMP_CREATE_TIME, "kind of timestamp")
    return Record(message.partition(), message.offset(), time_ms, message.key(), message.value(),
                  message.headers() or [])


def read(reader, count):
    got = []
    deadline = time.monotonic() + 30
    while len(got) < count and time.monotonic() < deadline:
        for message in reader.consume(count - len(got), 0.5):
            if message.error():
                raise AssertionError(message.error())
            got.append(of_message(message))
    return got


def read_from(topic, count, starts=(0, 0, 0), **settings):
    reader = consumer(**settings)
    reader.assign([TopicPartition(topic, p, start) for p, start in enumerate(starts)])
    got = read(reader, count)
    reader.close()
    return got


def topics():
    return set(admin.list_topics(timeout=30).topics)


def until(condition, what):
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not in time: {what}")


def topic_configs():
    resource = ConfigResource(ResourceType.TOPIC, ADMIN)
    return results(admin.describe_configs([resource]))[resource]


def make_topics():
    names = [f"{NAME}-{codec}" for codec in CODECS] + [ADMIN]
    with check("create-topic"):
        results(admin.create_topics([NewTopic(n, 3, 1, config=CREATED_CONFIG) for n in names]))
    with check("list-topics"):
        until(lambda: topics() >= set(names), f"{names} in {topics()}")
    with check("describe-topic"):
        partitions = results(admin.describe_topics(TopicCollection([ADMIN])))[ADMIN].partitions
        equal([(p.id, p.leader.id) for p in partitions], [(0, 0), (1, 0), (2, 0)])
    with check("describe-configs"):
        entry = topic_configs()["segment.bytes"]
        equal((entry.value, entry.source), ("1048576", ConfigSource.DYNAMIC_TOPIC_CONFIG.value))


def codecs():
    for codec in CODECS:
        with check(f"codec-{codec}"):
            produce(f"{NAME}-{codec}", codec, 0, COUNT)
            same_records(read_from(f"{NAME}-{codec}", COUNT), records())
    check_fields(read_from(TOPIC, COUNT))


def times():
    reader = consumer()
    with check("watermarks"):
        for p in range(3):
            equal(reader.get_watermark_offsets(TopicPartition(TOPIC, p), timeout=30), (0, 100))
    with check("offsets-for-times"):
        for time_ms, offsets in ((MIDDLE_MS, MIDDLE_OFFSETS), (MIDDLE_MS + 10**9, [-1, -1, -1])):
            got = reader.offsets_for_times([TopicPartition(TOPIC, p, time_ms) for p in range(3)], timeout=30)
            equal([t.offset for t in got], offsets)
    with check("seek-by-time"):
        equal(read_from(TOPIC, 1, (100, 100, MIDDLE_OFFSETS[2])), [record(101)])
    reader.close()


def settle(members, sizes):
    """Polls them until they share the partitions in this way."""
    def settled():
        for member in members:
            member.poll(0.1)
        shares = [{t.partition for t in member.assignment()} for member in members]
        return sorted(map(len, shares)) == sizes and set().union(*shares) == {0, 1, 2}
    until(settled, f"shares of {sizes}")


def committed(group):
    request = ConsumerGroupTopicPartitions(group)
    found = results(admin.list_consumer_group_offsets([request]))[group].topic_partitions
    return {t.partition: t.offset for t in found}


def new_groups():
    """Members of the new protocol among themselves, and with one of the old."""
    for name, protocol in (("new", "consumer"), ("mixed", "classic")):
        with check(f"{name}-group"):
            first = consumer(f"{NAME}-{name}", group_protocol=protocol)
            first.subscribe([TOPIC])
            settle([first], [3])
            second = consumer(f"{NAME}-{name}", group_protocol="consumer")
            second.subscribe([TOPIC])
            settle([first, second], [1, 2])
            second.close()
            settle([first], [3])
            first.close()
    none("share-group")


def group():
    first = consumer(GROUP)
    first.subscribe([TOPIC])
    with check("rebalance"):
        settle([first], [3])
        second = consumer(GROUP)
        second.subscribe([TOPIC])
        settle([first, second], [1, 2])
    with check("list-groups"):
        found = {g.group_id: g.state for g in admin.list_consumer_groups().result(30).valid}
        equal(found.get(GROUP), ConsumerGroupState.STABLE)
    with check("describe-group"):
        found = results(admin.describe_consumer_groups([GROUP]))[GROUP]
        equal((found.state, len(found.members)), (ConsumerGroupState.STABLE, 2))
        equal(sorted(t.partition for m in found.members for t in m.assignment.topic_partitions), [0, 1, 2])
    second.close()
    with check("commit"):
        settle([first], [3])
        first.commit(offsets=[TopicPartition(TOPIC, p, o, metadata=f"of {p}") for p, o in enumerate(COMMITTED)],
                     asynchronous=False)
        found = first.committed([TopicPartition(TOPIC, p) for p in range(3)], timeout=30)
        equal([(t.offset, t.metadata) for t in found], [(o, f"of {p}") for p, o in enumerate(COMMITTED)])
    first.close()
    with check("resume"):
        after = consumer(GROUP)
        after.subscribe([TOPIC])
        got = read(after, COUNT - sum(COMMITTED))
        after.close()
        same_records(got, [r for r in records() if r.offset >= COMMITTED[r.partition]])


def administer():
    with check("alter-configs"):
        change = ConfigEntry("max.message.bytes", "65536", incremental_operation=AlterConfigOpType.SET)
        results(admin.incremental_alter_configs(
            [ConfigResource(ResourceType.TOPIC, ADMIN, incremental_configs=[change])]))
        got = topic_configs()
        equal((got["max.message.bytes"].value, got["segment.bytes"].value), ("65536", "1048576"))
    with check("create-partitions"):
        results(admin.create_partitions([NewPartitions(ADMIN, 5)]))
        until(lambda: len(admin.list_topics(ADMIN, timeout=30).topics[ADMIN].partitions) == 5, "5 partitions")
        producer = Producer({"bootstrap.servers": BOOTSTRAP})
        producer.produce(ADMIN, "into the last", partition=4)
        equal(producer.flush(30), 0, "left in the queue")
    with check("delete-records"):
        producer = Producer({"bootstrap.servers": BOOTSTRAP})
        for i in range(10):
            producer.produce(ADMIN, str(i), partition=0)
        equal(producer.flush(30), 0, "left in the queue")
        partition = TopicPartition(ADMIN, 0, 5)
        equal(results(admin.delete_records([partition]))[partition].low_watermark, 5)
        equal([r.value for r in read_from(ADMIN, 5)], [b"5", b"6", b"7", b"8", b"9"])
        first = results(admin.list_offsets({TopicPartition(ADMIN, 0): OffsetSpec.earliest()}))
        equal([r.offset for r in first.values()], [5])


def transactions():
    with check("transaction"):
        results(admin.create_topics([NewTopic(TXN, 1, 1)]))
        producer = Producer({"bootstrap.servers": BOOTSTRAP, "transactional.id": TXN})
        producer.init_transactions(20)
        for number, end in enumerate((producer.commit_transaction, producer.abort_transaction,
                                      producer.commit_transaction)):
            producer.begin_transaction()
            for i in range(5):
                producer.produce(TXN, f"{number}-{i}", partition=0)
            producer.flush(20)  # an abort forgets what has not been sent
            end(20)
        got = read_from(TXN, 10, (0,), isolation_level="read_committed")
        equal([(r.offset, r.value) for r in got],
              [(6 * number + i, f"{number}-{i}".encode()) for number in (0, 2) for i in range(5)])
    with check("transaction-offset"):
        producer.begin_transaction()
        member = consumer(f"{TXN}-group")
        producer.send_offsets_to_transaction([TopicPartition(TXN, 0, 3)], member.consumer_group_metadata(), 20)
        producer.commit_transaction(20)
        member.close()
        until(lambda: committed(f"{TXN}-group") == {0: 3}, "the offset")


def before():
    make_topics()
    codecs()
    times()
    group()
    new_groups()
    administer()
    transactions()


def after():
    with check("restart-records"):
        for codec in CODECS:
            same_records(read_from(f"{NAME}-{codec}", COUNT), records())
    with check("restart-configs"):
        equal(topic_configs()["segment.bytes"].value, "1048576")
    with check("restart-commit"):
        equal(committed(GROUP), dict(enumerate(COMMITTED)))
    with check("restart-produce"):
        produce(TOPIC, "none", COUNT, COUNT + 3)
        same_records(read_from(TOPIC, COUNT + 3), records(COUNT + 3))
    none("delete-offsets")
    with check("delete-group"):
        results(admin.delete_consumer_groups([GROUP]))
        equal(GROUP in {g.group_id for g in admin.list_consumer_groups().result(30).valid}, False, "listed")
    with check("delete-topic"):
        results(admin.delete_topics([ADMIN]))
        until(lambda: ADMIN not in topics(), "gone from the list")


run({"before": before, "after": after})
