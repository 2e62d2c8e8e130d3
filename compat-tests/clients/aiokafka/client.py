"""aiokafka: the client for asyncio."""

import asyncio
import sys
import time
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, OffsetAndMetadata, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from checks import (
    BOOTSTRAP, CODECS, COMMITTED, COUNT, CREATED_CONFIG, MIDDLE_MS, MIDDLE_OFFSETS, Record, check, check_fields, equal,
    finish, none, record, records, same_records)

NAME = "aiokafka"
ADMIN = f"{NAME}-admin"
GROUP = f"{NAME}-group"
TOPIC = f"{NAME}-none"
TXN = f"{NAME}-txn"
PARTITIONS = [TopicPartition(TOPIC, p) for p in range(3)]


@asynccontextmanager
async def bounded(name):
    """A check that ends within a minute: calls of this client may wait for ever."""
    with check(name):
        async with asyncio.timeout(60):
            yield


async def produce(topic, codec, first, last):
    async with AIOKafkaProducer(bootstrap_servers=BOOTSTRAP, compression_type=None if codec == "none" else codec,
                                linger_ms=5, enable_idempotence=True) as producer:
        sent = []
        for i in range(first, last):
            r = record(i)
            sent.append(await producer.send(topic, r.value, r.key, r.partition, r.timestamp, r.headers))
        for i, future in zip(range(first, last), sent):
            equal((await asyncio.wait_for(future, 30)).offset, record(i).offset, "offset")


def consumer(group=None, **settings):
    return AIOKafkaConsumer(bootstrap_servers=BOOTSTRAP, group_id=group, enable_auto_commit=False,
                            auto_offset_reset="earliest", **settings)


def of_message(m):
    equal(m.timestamp_type, 0, "kind of timestamp")
    return Record(m.partition, m.offset, m.timestamp, m.key, m.value, list(m.headers))


async def read(reader, count):
    got = []
    deadline = time.monotonic() + 30
    while len(got) < count and time.monotonic() < deadline:
        for messages in (await reader.getmany(timeout_ms=500, max_records=count - len(got))).values():
            got += map(of_message, messages)
    return got


async def read_from(topic, count, starts=(0, 0, 0), **settings):
    async with consumer(**settings) as reader:
        reader.assign([TopicPartition(topic, p) for p in range(len(starts))])
        for p, start in enumerate(starts):
            reader.seek(TopicPartition(topic, p), start)
        return await read(reader, count)


async def until(condition, what):
    deadline = time.monotonic() + 30
    while not await condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not in time: {what}")
        await asyncio.sleep(0.02)


def no_errors(answer, at):
    """The admin client hands out answers as they came, errors included."""
    for entry in at(answer):
        equal(entry[1], 0, f"error of {entry[0]}")


async def topic_configs(admin):
    """name -> (value, source); of a resource: error, message, type, name, entries."""
    answer, = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, ADMIN)])
    (error, _, _, _, entries), = answer.resources
    equal(error, 0, "error")
    return {entry[0]: (entry[1], entry[3]) for entry in entries}


async def make_topics(admin):
    names = [f"{NAME}-{codec}" for codec in CODECS] + [ADMIN]
    async with bounded("create-topic"):
        answer = await admin.create_topics([NewTopic(n, 3, 1, topic_configs=CREATED_CONFIG) for n in names])
        no_errors(answer, lambda a: a.topic_errors)
    async with bounded("list-topics"):
        async def listed():
            return set(await admin.list_topics()) >= set(names)
        await until(listed, f"{names} in the list")
    async with bounded("describe-topic"):
        topic, = await admin.describe_topics([ADMIN])
        equal(sorted((p["partition"], p["leader"]) for p in topic["partitions"]), [(0, 0), (1, 0), (2, 0)])
    async with bounded("describe-configs"):
        equal((await topic_configs(admin))["segment.bytes"], ("1048576", 1))


async def codecs():
    for codec in CODECS:
        async with bounded(f"codec-{codec}"):
            await produce(f"{NAME}-{codec}", codec, 0, COUNT)
            same_records(await read_from(f"{NAME}-{codec}", COUNT), records())
    check_fields(await read_from(TOPIC, COUNT))


async def times():
    async with consumer() as reader:
        async with bounded("watermarks"):
            equal(await reader.beginning_offsets(PARTITIONS), {p: 0 for p in PARTITIONS})
            equal(await reader.end_offsets(PARTITIONS), {p: 100 for p in PARTITIONS})
        async with bounded("offsets-for-times"):
            found = await reader.offsets_for_times({p: MIDDLE_MS for p in PARTITIONS})
            equal([found[p].offset for p in PARTITIONS], MIDDLE_OFFSETS)
            found = await reader.offsets_for_times({p: MIDDLE_MS + 10**9 for p in PARTITIONS})
            equal(found, {p: None for p in PARTITIONS})
    async with bounded("seek-by-time"):
        equal(await read_from(TOPIC, 1, (100, 100, MIDDLE_OFFSETS[2])), [record(101)])


async def settle(members, sizes):
    """Polls them until they share the partitions in this way."""
    async def settled():
        for member in members:
            await member.getmany(timeout_ms=100)
        shares = [{t.partition for t in member.assignment()} for member in members]
        return sorted(map(len, shares)) == sizes and set().union(*shares) == {0, 1, 2}
    await until(settled, f"shares of {sizes}")


async def member():
    reader = consumer(GROUP, heartbeat_interval_ms=500)
    reader.subscribe([TOPIC])
    await reader.start()
    return reader


async def committed(admin, group):
    return {t.partition: o.offset for t, o in (await admin.list_consumer_group_offsets(group)).items()}


async def group(admin):
    first = await member()
    async with bounded("rebalance"):
        await settle([first], [3])
        joining = asyncio.create_task(member())
        while not joining.done():
            await first.getmany(timeout_ms=100)
        second = joining.result()
        await settle([first, second], [1, 2])
    async with bounded("list-groups"):
        equal([g[1] for g in await admin.list_consumer_groups() if g[0] == GROUP], ["consumer"])
    async with bounded("describe-group"):
        answer, = await admin.describe_consumer_groups([GROUP])
        (error, name, state, _, _, members, *_), = answer.groups
        equal((error, name, state, len(members)), (0, GROUP, "Stable", 2))
    await second.stop()
    async with bounded("commit"):
        await settle([first], [3])
        await first.commit({p: (o, f"of {p.partition}") for p, o in zip(PARTITIONS, COMMITTED)})
        equal([await first.committed(p) for p in PARTITIONS], COMMITTED)
        found = await admin.list_consumer_group_offsets(GROUP)
        equal(found, {p: OffsetAndMetadata(o, f"of {p.partition}") for p, o in zip(PARTITIONS, COMMITTED)})
    await first.stop()
    async with bounded("resume"):
        after = await member()
        got = await read(after, COUNT - sum(COMMITTED))
        await after.stop()
        same_records(got, [r for r in records() if r.offset >= COMMITTED[r.partition]])


async def send(topic, partition, values):
    async with AIOKafkaProducer(bootstrap_servers=BOOTSTRAP) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, partition=partition)


async def administer(admin):
    async with bounded("alter-configs"):
        # AlterConfigs puts the given ones in place of all that were there.
        settings = {"max.message.bytes": "65536", **CREATED_CONFIG}
        answer, = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, ADMIN, settings)])
        equal([resource[0] for resource in answer.resources], [0], "errors")
        got = await topic_configs(admin)
        equal({name: got[name] for name in settings}, {name: (value, 1) for name, value in settings.items()})
    async with bounded("create-partitions"):
        await admin.create_partitions({ADMIN: NewPartitions(5)})

        async def five():
            return len((await admin.describe_topics([ADMIN]))[0]["partitions"]) == 5
        await until(five, "5 partitions")
        await send(ADMIN, 4, [b"into the last"])
    async with bounded("delete-records"):
        await send(ADMIN, 0, [str(i).encode() for i in range(10)])
        partition = TopicPartition(ADMIN, 0)
        equal(await admin.delete_records({partition: RecordsToDelete(5)}), {partition: 5})
        equal([r.value for r in await read_from(ADMIN, 5, (5,))], [b"5", b"6", b"7", b"8", b"9"])
        async with consumer() as reader:
            equal(await reader.beginning_offsets([partition]), {partition: 5})


async def transactions(admin):
    producer = AIOKafkaProducer(bootstrap_servers=BOOTSTRAP, transactional_id=TXN)
    async with bounded("transaction"):
        no_errors(await admin.create_topics([NewTopic(TXN, 1, 1)]), lambda a: a.topic_errors)
        await producer.start()
        for number, end in enumerate((producer.commit_transaction, producer.abort_transaction,
                                      producer.commit_transaction)):
            await producer.begin_transaction()
            for i in range(5):
                await producer.send_and_wait(TXN, f"{number}-{i}".encode(), partition=0)
            await end()
        got = await read_from(TXN, 10, (0,), isolation_level="read_committed")
        equal([(r.offset, r.value) for r in got],
              [(6 * number + i, f"{number}-{i}".encode()) for number in (0, 2) for i in range(5)])
    async with bounded("transaction-offset"):
        await producer.begin_transaction()
        await producer.send_offsets_to_transaction({TopicPartition(TXN, 0): 3}, f"{TXN}-group")
        await producer.commit_transaction()

        async def there():
            return await committed(admin, f"{TXN}-group") == {0: 3}
        await until(there, "the offset")
        await producer.stop()


async def before(admin):
    await make_topics(admin)
    await codecs()
    await times()
    await group(admin)
    none("new-group", "mixed-group", "share-group")
    await administer(admin)
    await transactions(admin)


async def after(admin):
    async with bounded("restart-records"):
        for codec in CODECS:
            same_records(await read_from(f"{NAME}-{codec}", COUNT), records())
    async with bounded("restart-configs"):
        equal((await topic_configs(admin))["segment.bytes"], ("1048576", 1))
    async with bounded("restart-commit"):
        async def there():
            return await committed(admin, GROUP) == dict(enumerate(COMMITTED))
        await until(there, "the offsets")  # the admin client takes a coordinator that still loads for one without any
    async with bounded("restart-produce"):
        await produce(TOPIC, "none", COUNT, COUNT + 3)
        same_records(await read_from(TOPIC, COUNT + 3), records(COUNT + 3))
    none("delete-offsets", "delete-group")
    async with bounded("delete-topic"):
        no_errors(await admin.delete_topics([ADMIN]), lambda a: a.topic_error_codes)

        async def gone():
            return ADMIN not in await admin.list_topics()
        await until(gone, "gone from the list")


async def main():
    admin = AIOKafkaAdminClient(bootstrap_servers=BOOTSTRAP)
    await admin.start()
    await {"before": before, "after": after}[sys.argv[1]](admin)
    await admin.close()


asyncio.run(main())
finish()
