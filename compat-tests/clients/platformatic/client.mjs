// @platformatic/kafka.

import {
  Admin, Consumer, ConfigResourceTypes, FetchIsolationLevels, IncrementalAlterConfigOperationTypes, ListOffsetTimestamps,
  Producer
} from '@platformatic/kafka'
import {
  bootstrap, check, checkFields, codecs, committedOffsets, count, equal, middleMs, middleOffsets, none, record, records,
  run, sameRecords, text, until
} from './checks.mjs'

const name = 'platformatic'
const topic = `${name}-none`
const adminTopic = `${name}-admin`
const txnTopic = `${name}-txn`
const group = `${name}-group`
const common = { clientId: name, bootstrapBrokers: [bootstrap], timeout: 10_000 }
const admin = new Admin(common)
let readers = 0

const bytes = text => (text === null ? undefined : Buffer.from(text))

async function produce(to, codec, first, last) {
  const producer = new Producer({ ...common, idempotent: true, acks: -1, compression: codec })
  const messages = Array.from({ length: last - first }, (_, n) => {
    const { partition, timestamp, key, value, headers } = record(first + n)
    const pairs = headers.map(([name, value]) => [bytes(name), bytes(value)])
    return { topic: to, partition, timestamp: BigInt(timestamp), key: bytes(key), value: bytes(value), headers: new Map(pairs) }
  })
  // One request for each piece, so that partitions have several batches.
  for (let i = 0; i < messages.length; i += 60) await producer.send({ messages: messages.slice(i, i + 60) })
  await producer.close()
}

function recordOf({ partition, offset, timestamp, key, value, headers }) {
  return {
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    key: text(key),
    value: text(value),
    headers: [...headers].map(([name, value]) => [text(name), text(value)])
  }
}

// A member of a group, and a stream of what it reads; each gets the records.
async function member(groupId, from, options, each = () => {}, groupProtocol = 'classic') {
  const consumer = new Consumer({
    ...common, groupId, autocommit: false, heartbeatInterval: 500, maxWaitTime: 200, groupProtocol
  })
  const stream = await consumer.consume({ topics: [from], ...options })
  stream.on('data', message => each(recordOf(message), message))
  stream.on('error', () => {})
  return consumer
}

// It reads in groups alone: this one has a member, which reads so many records from the offsets.
async function readFrom(from, wanted, starts = [0, 0, 0], isolationLevel = FetchIsolationLevels.READ_UNCOMMITTED) {
  const got = []
  const offsets = starts.map((offset, partition) => ({ topic: from, partition, offset: BigInt(offset) }))
  const consumer = await member(`${name}-reader-${process.pid}-${readers++}`, from, { mode: 'manual', offsets, isolationLevel },
    record => { if (got.length < wanted) got.push(record) })
  try {
    await until(`${wanted} records`, () => got.length >= wanted)
  } finally {
    await consumer.close(true)
  }
  return got
}

async function config(key) {
  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: adminTopic }
  const [found] = await admin.describeConfigs({ resources: [resource] })
  const entry = found.configs.find(entry => entry.name === key)
  return [entry.value, entry.configSource]
}

async function partitionsOf(topic) {
  const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true })
  return topics.get(topic).partitions
}

async function makeTopics() {
  const names = [...codecs.map(codec => `${name}-${codec}`), adminTopic]
  await check('create-topic', async () => {
    const configs = [{ name: 'segment.bytes', value: '1048576' }]
    const created = await admin.createTopics({ topics: names, partitions: 3, replicas: 1, configs })
    equal(created.map(t => [t.partitions, t.configuration['segment.bytes']]), names.map(() => [3, '1048576']))
  })
  await check('list-topics', () => until('in the list', async () => {
    const listed = await admin.listTopics()
    return names.every(topic => listed.includes(topic))
  }))
  await check('describe-topic', async () => equal((await partitionsOf(adminTopic)).map(p => p.leader), [0, 0, 0]))
  await check('describe-configs', async () => equal(await config('segment.bytes'), ['1048576', 1]))
}

async function writeAndRead() {
  for (const codec of codecs) {
    await check(`codec-${codec}`, async () => {
      await produce(`${name}-${codec}`, codec, 0, count)
      sameRecords(await readFrom(`${name}-${codec}`, count), records(0, count))
    })
  }
  await checkFields(await readFrom(topic, count).catch(() => []))
}

async function offsetsAt(of, timestamp) {
  const partitions = [0, 1, 2].map(partitionIndex => ({ partitionIndex, timestamp: BigInt(timestamp) }))
  const [found] = await admin.listOffsets({ topics: [{ name: of, partitions }] })
  return found.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex).map(p => Number(p.offset))
}

async function times() {
  await check('watermarks', async () => {
    equal(await offsetsAt(topic, ListOffsetTimestamps.EARLIEST), [0, 0, 0])
    equal(await offsetsAt(topic, ListOffsetTimestamps.LATEST), [100, 100, 100])
  })
  await check('offsets-for-times', async () => {
    equal(await offsetsAt(topic, middleMs), middleOffsets)
    equal(await offsetsAt(topic, middleMs + 1e9), [-1, -1, -1])
  })
  await check('seek-by-time', async () => sameRecords(await readFrom(topic, 1, [100, 100, middleOffsets[2]]), [record(101)]))
}

// Waits until the members share the partitions in this way.
async function settle(sizes, members) {
  await until(`shares of ${sizes}`, () => {
    const shares = members.map(member => (member.assignments ?? []).flatMap(one => one.partitions))
    const all = new Set(shares.flat())
    return all.size === 3 && `${shares.map(share => share.length).sort()}` === `${sizes}`
  })
}

async function committed(groupId) {
  const [found] = await admin.listConsumerGroupOffsets({ groups: [groupId] })
  const partitions = found.topics.flatMap(one => one.partitions)
  return partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex)
    .map(p => [p.partitionIndex, Number(p.committedOffset)])
}

const wantedCommits = committedOffsets.map((offset, partition) => [partition, offset])

async function groups() {
  let first, second
  await check('rebalance', async () => {
    first = await member(group, topic, { mode: 'earliest' })
    await settle([3], [first])
    second = await member(group, topic, { mode: 'earliest' })
    await settle([1, 2], [first, second])
  })
  await check('list-groups', async () => equal((await admin.listGroups()).get(group)?.state?.toUpperCase(), 'STABLE'))
  await check('describe-group', async () => {
    const found = (await admin.describeGroups({ groups: [group] })).get(group)
    equal(found.state.toUpperCase(), 'STABLE')
    equal([...found.members.values()].map(m => m.assignments.get(topic).partitions.length).sort(), [1, 2])
  })
  await second?.close(true)
  await check('commit', async () => {
    await settle([3], [first])
    await first.commit({
      offsets: committedOffsets.map((offset, partition) => ({ topic, partition, offset: BigInt(offset), leaderEpoch: -1 }))
    })
    equal(await committed(group), wantedCommits)
  })
  await first?.close(true)
  await check('resume', async () => {
    const wanted = records(0, count).filter(r => r.offset >= committedOffsets[r.partition])
    const got = []
    const next = await member(group, topic, { mode: 'committed', fallbackMode: 'fail' }, record => got.push(record))
    try {
      await until('the records', () => got.length >= wanted.length)
    } finally {
      await next.close(true)
    }
    sameRecords(got, wanted)
  })
}

async function send(partition, values) {
  const producer = new Producer(common)
  await producer.send({ acks: -1, messages: values.map(value => ({ topic: adminTopic, partition, value: bytes(value) })) })
  await producer.close()
}

/** Members of the new protocol among themselves, and with one of the old. */
async function newGroups() {
  for (const [kind, protocol] of [['new', 'consumer'], ['mixed', 'classic']]) {
    await check(`${kind}-group`, async () => {
      const join = protocol => member(`${name}-${kind}`, topic, { mode: 'earliest' }, () => {}, protocol)
      const first = await join(protocol)
      await settle([3], [first])
      const second = await join('consumer')
      await settle([1, 2], [first, second])
      await second.close(true)
      await settle([3], [first])
      await first.close(true)
    })
  }
  none('share-group')
}

async function administer() {
  await check('alter-configs', async () => {
    const configs = [
      { name: 'max.message.bytes', configOperation: IncrementalAlterConfigOperationTypes.SET, value: '65536' }
    ]
    const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: adminTopic, configs }
    await admin.incrementalAlterConfigs({ resources: [resource] })
    equal([await config('max.message.bytes'), await config('segment.bytes')], [['65536', 1], ['1048576', 1]])
  })
  await check('create-partitions', async () => {
    await admin.createPartitions({ topics: [{ name: adminTopic, count: 5, assignments: null }] })
    await until('5 partitions', async () => (await partitionsOf(adminTopic)).length === 5)
    await send(4, ['into the last'])
  })
  await check('delete-records', async () => {
    await send(0, Array.from({ length: 10 }, (_, i) => `${i}`))
    const [answer] = await admin.deleteRecords({ topics: [{ name: adminTopic, partitions: [{ partition: 0, offset: 5n }] }] })
    equal(Number(answer.partitions[0].lowWatermark), 5)
    const got = await readFrom(adminTopic, 5, [5, 0, 0])
    equal(got.map(r => [r.offset, r.value]), [[5, '5'], [6, '6'], [7, '7'], [8, '8'], [9, '9']])
    equal((await offsetsAt(adminTopic, ListOffsetTimestamps.EARLIEST))[0], 5)
  })
}

async function transactions() {
  const producer = new Producer({ ...common, transactionalId: txnTopic, idempotent: true, acks: -1 })
  await check('transaction', async () => {
    await admin.createTopics({ topics: [txnTopic], partitions: 1, replicas: 1 })
    for (let number = 0; number < 3; number++) {
      const transaction = await producer.beginTransaction()
      for (let i = 0; i < 5; i++) {
        await transaction.send({ messages: [{ topic: txnTopic, partition: 0, value: bytes(`${number}-${i}`) }] })
      }
      await (number === 1 ? transaction.abort() : transaction.commit())
    }
    const wanted = [0, 2].flatMap(number => [0, 1, 2, 3, 4].map(i => [6 * number + i, `${number}-${i}`]))
    const got = await readFrom(txnTopic, 10, [0], FetchIsolationLevels.READ_COMMITTED)
    equal(got.map(r => [r.offset, r.value]), wanted)
  })
  await check('transaction-offset', async () => {
    let third
    const consumer = await member(`${txnTopic}-group`, txnTopic, { mode: 'earliest' }, (record, message) => {
      if (record.offset === 2) third = message
    })
    try {
      await until('the third record', () => third)
      const transaction = await producer.beginTransaction()
      await transaction.addConsumer(consumer)
      await transaction.addOffset(third)
      await transaction.commit()
      await until('the offset', async () => `${await committed(`${txnTopic}-group`)}` === '0,3')
    } finally {
      await consumer.close(true)
    }
  })
}

async function before() {
  await makeTopics()
  await writeAndRead()
  await times()
  await groups()
  await newGroups()
  await administer()
  await transactions()
}

async function after() {
  await check('restart-records', async () => {
    for (const codec of codecs) sameRecords(await readFrom(`${name}-${codec}`, count), records(0, count))
  })
  await check('restart-configs', async () => equal(await config('segment.bytes'), ['1048576', 1]))
  await check('restart-commit', async () => equal(await committed(group), wantedCommits))
  await check('restart-produce', async () => {
    await produce(topic, 'none', count, count + 3)
    sameRecords(await readFrom(topic, count + 3), records(0, count + 3))
  })
  await check('delete-offsets', async () => {
    await admin.deleteConsumerGroupOffsets({ groupId: group, topics: [{ name: topic, partitionIndexes: [0] }] })
    equal(await committed(group), wantedCommits.slice(1))
  })
  await check('delete-group', async () => {
    await admin.deleteGroups({ groups: [group] })
    equal((await admin.listGroups()).has(group), false)
  })
  await check('delete-topic', async () => {
    await admin.deleteTopics({ topics: [adminTopic] })
    await until('gone from the list', async () => !(await admin.listTopics()).includes(adminTopic))
  })
}

await run({ before, after })
