// KafkaJS. It brings gzip alone; the other codecs come from packages, and from Node.js itself.

import { promisify } from 'node:util'
import zlib from 'node:zlib'
import kafkajs from 'kafkajs'
import snappy from 'kafkajs-snappy'
import lz4 from 'lz4-napi'
import {
  bootstrap, check, checkFields, codecs, committedOffsets, count, equal, middleMs, middleOffsets, none, record, records,
  run, sameRecords, text, until
} from './checks.mjs'

const { AssignerProtocol, CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs
const zstd = { compress: promisify(zlib.zstdCompress), decompress: promisify(zlib.zstdDecompress) }
CompressionCodecs[CompressionTypes.Snappy] = snappy
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: encoder => lz4.compressFrame(encoder.buffer),
  decompress: buffer => lz4.decompressFrame(buffer)
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: encoder => zstd.compress(encoder.buffer),
  decompress: buffer => zstd.decompress(buffer)
})
const compressions = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD
}

const name = 'kafkajs'
const topic = `${name}-none`
const adminTopic = `${name}-admin`
const txnTopic = `${name}-txn`
const group = `${name}-group`
const kafka = new Kafka({ clientId: name, brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 8 } })
const admin = kafka.admin()
let readers = 0

async function produce(to, codec, first, last) {
  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  const messages = Array.from({ length: last - first }, (_, n) => {
    const { partition, timestamp, key, value, headers } = record(first + n)
    return { partition, timestamp: `${timestamp}`, key, value, headers: Object.fromEntries(headers) }
  })
  // One request for each piece, so that partitions have several batches.
  for (let i = 0; i < messages.length; i += 60) {
    const answers = await producer.send({
      topic: to, acks: -1, compression: compressions[codec], messages: messages.slice(i, i + 60)
    })
    for (const { partition, baseOffset } of answers) {
      equal(Number(baseOffset), Math.floor((first + i + ((partition - (first + i)) % 3 + 3) % 3) / 3), 'offset')
    }
  }
  await producer.disconnect()
}

function recordOf(partition, message) {
  return {
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: text(message.key),
    value: text(message.value),
    headers: Object.entries(message.headers).map(([name, value]) => [name, text(value)])
  }
}

// KafkaJS reads in groups alone: this one has a member, which reads so many records from the offsets.
async function readFrom(from, wanted, starts = [0, 0, 0]) {
  const got = []
  const consumer = await member(`${name}-reader-${process.pid}-${readers++}`, from, (partition, message) => {
    if (partition < starts.length && got.length < wanted) got.push(recordOf(partition, message))
  })
  starts.forEach((offset, partition) => consumer.seek({ topic: from, partition, offset: `${offset}` }))
  try {
    await until(`${wanted} records`, () => got.length >= wanted)
  } finally {
    await consumer.disconnect()
  }
  return got
}

async function member(groupId, from, each = () => {}) {
  const consumer = kafka.consumer({ groupId, heartbeatInterval: 500, maxWaitTimeInMs: 200 })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => { consumer.share = payload.memberAssignment[from] ?? [] })
  await consumer.connect()
  await consumer.subscribe({ topics: [from], fromBeginning: true })
  await consumer.run({ autoCommit: false, eachMessage: async ({ partition, message }) => each(partition, message) })
  // A coordinator that is not ready yet restarts the consumer behind run's back.
  await until('a member', () => consumer.share)
  return consumer
}

async function config(key) {
  const found = await admin.describeConfigs({
    includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: adminTopic }]
  })
  const entry = found.resources[0].configEntries.find(entry => entry.configName === key)
  return [entry.configValue, entry.configSource]
}

async function makeTopics() {
  const names = [...codecs.map(codec => `${name}-${codec}`), adminTopic]
  const configEntries = [{ name: 'segment.bytes', value: '1048576' }]
  await check('create-topic', async () => {
    const topics = names.map(topic => ({ topic, numPartitions: 3, replicationFactor: 1, configEntries }))
    equal(await admin.createTopics({ topics, waitForLeaders: true }), true)
  })
  await check('list-topics', () => until('in the list', async () => {
    const listed = await admin.listTopics()
    return names.every(topic => listed.includes(topic))
  }))
  await check('describe-topic', async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [adminTopic] })
    equal(topics[0].partitions.map(p => [p.partitionId, p.leader]).sort(), [[0, 0], [1, 0], [2, 0]])
  })
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

const byPartition = list => list.toSorted((a, b) => a.partition - b.partition)

async function times() {
  await check('watermarks', async () => equal(
    byPartition(await admin.fetchTopicOffsets(topic)).map(p => [p.low, p.high]), Array(3).fill(['0', '100'])))
  await check('offsets-for-times', async () => {
    const found = byPartition(await admin.fetchTopicOffsetsByTimestamp(topic, middleMs))
    equal(found.map(p => Number(p.offset)), middleOffsets)
    // Where no record is that late, KafkaJS gives the end.
    const later = byPartition(await admin.fetchTopicOffsetsByTimestamp(topic, middleMs + 1e9))
    equal(later.map(p => p.offset), ['100', '100', '100'])
  })
  await check('seek-by-time', async () => sameRecords(await readFrom(topic, 1, [100, 100, middleOffsets[2]]), [record(101)]))
}

// Waits until the members share the partitions in this way.
async function settle(sizes, members) {
  await until(`shares of ${sizes}`, () => {
    const shares = members.map(member => member.share ?? [])
    const all = new Set(shares.flat())
    return all.size === 3 && `${shares.map(share => share.length).sort()}` === `${sizes}`
  })
}

async function committed(groupId, of) {
  const [found] = await admin.fetchOffsets({ groupId, topics: [of] })
  return byPartition(found.partitions).map(p => [Number(p.offset), p.metadata])
}

const wantedCommits = committedOffsets.map((offset, partition) => [offset, `of ${partition}`])
const groupIsListed = async () => (await admin.listGroups()).groups.some(({ groupId }) => groupId === group)

async function groups() {
  let first, second
  await check('rebalance', async () => {
    first = await member(group, topic)
    await settle([3], [first])
    second = await member(group, topic)
    await settle([1, 2], [first, second])
  })
  await check('list-groups', async () => equal(await groupIsListed(), true))
  await check('describe-group', async () => {
    const { groups: [found] } = await admin.describeGroups([group])
    equal([found.errorCode, found.state], [0, 'Stable'])
    const shares = found.members.map(m => AssignerProtocol.MemberAssignment.decode(m.memberAssignment).assignment[topic])
    equal(shares.map(share => share.length).sort(), [1, 2])
  })
  await second?.disconnect()
  await check('commit', async () => {
    await settle([3], [first])
    await first.commitOffsets(committedOffsets.map((offset, partition) => (
      { topic, partition, offset: `${offset}`, metadata: `of ${partition}` })))
    equal(await committed(group, topic), wantedCommits)
  })
  await first?.disconnect()
  await check('resume', async () => {
    const wanted = records(0, count).filter(r => r.offset >= committedOffsets[r.partition])
    const got = []
    const next = await member(group, topic, (partition, message) => got.push(recordOf(partition, message)))
    try {
      await until('the records', () => got.length >= wanted.length)
    } finally {
      await next.disconnect()
    }
    sameRecords(got, wanted)
  })
}

async function send(partition, values) {
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: adminTopic, messages: values.map(value => ({ partition, value })) })
  await producer.disconnect()
}

async function administer() {
  await check('alter-configs', async () => {
    // AlterConfigs puts the given ones in place of all that were there.
    const configEntries = [{ name: 'max.message.bytes', value: '65536' }, { name: 'segment.bytes', value: '1048576' }]
    const resource = { type: ConfigResourceTypes.TOPIC, name: adminTopic, configEntries }
    await admin.alterConfigs({ validateOnly: false, resources: [resource] })
    equal([await config('max.message.bytes'), await config('segment.bytes')], [['65536', 1], ['1048576', 1]])
  })
  await check('create-partitions', async () => {
    await admin.createPartitions({ topicPartitions: [{ topic: adminTopic, count: 5 }] })
    await until('5 partitions', async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [adminTopic] })
      return topics[0].partitions.length === 5
    })
    await send(4, ['into the last'])
  })
  await check('delete-records', async () => {
    await send(0, Array.from({ length: 10 }, (_, i) => `${i}`))
    await admin.fetchTopicOffsets(adminTopic) // deleteTopicRecords wants to have heard of the leader before
    await admin.deleteTopicRecords({ topic: adminTopic, partitions: [{ partition: 0, offset: '5' }] })
    const got = await readFrom(adminTopic, 5, [5])
    equal(got.map(r => [r.offset, r.value]), [[5, '5'], [6, '6'], [7, '7'], [8, '8'], [9, '9']])
    equal(byPartition(await admin.fetchTopicOffsets(adminTopic))[0].low, '5')
  })
}

async function transactions() {
  const producer = kafka.producer({ transactionalId: txnTopic, idempotent: true, maxInFlightRequests: 1 })
  await check('transaction', async () => {
    await admin.createTopics({ topics: [{ topic: txnTopic, numPartitions: 1, replicationFactor: 1 }], waitForLeaders: true })
    await producer.connect()
    for (let number = 0; number < 3; number++) {
      const transaction = await producer.transaction()
      for (let i = 0; i < 5; i++) {
        await transaction.send({ topic: txnTopic, messages: [{ value: `${number}-${i}` }] })
      }
      await (number === 1 ? transaction.abort() : transaction.commit())
    }
    const wanted = [0, 2].flatMap(number => [0, 1, 2, 3, 4].map(i => [6 * number + i, `${number}-${i}`]))
    equal((await readFrom(txnTopic, 10, [0])).map(r => [r.offset, r.value]), wanted)
  })
  await check('transaction-offset', async () => {
    const transaction = await producer.transaction()
    const topics = [{ topic: txnTopic, partitions: [{ partition: 0, offset: '3' }] }]
    await transaction.sendOffsets({ consumerGroupId: `${txnTopic}-group`, topics })
    await transaction.commit()
    await until('the offset', async () => (await committed(`${txnTopic}-group`, txnTopic))[0][0] === 3)
  })
}

async function before() {
  await admin.connect()
  await makeTopics()
  await writeAndRead()
  await times()
  await groups()
  none('new-group', 'mixed-group', 'share-group')
  await administer()
  await transactions()
}

async function after() {
  await admin.connect()
  await check('restart-records', async () => {
    for (const codec of codecs) sameRecords(await readFrom(`${name}-${codec}`, count), records(0, count))
  })
  await check('restart-configs', async () => equal(await config('segment.bytes'), ['1048576', 1]))
  await check('restart-commit', async () => equal(await committed(group, topic), wantedCommits))
  await check('restart-produce', async () => {
    await produce(topic, 'none', count, count + 3)
    sameRecords(await readFrom(topic, count + 3), records(0, count + 3))
  })
  none('delete-offsets')
  await check('delete-group', async () => {
    await admin.deleteGroups([group])
    equal(await groupIsListed(), false)
  })
  await check('delete-topic', async () => {
    await admin.deleteTopics({ topics: [adminTopic] })
    await until('gone from the list', async () => !(await admin.listTopics()).includes(adminTopic))
  })
}

await run({ before, after })
