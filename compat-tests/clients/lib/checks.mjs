// What the Node.js clients share: the records they write, and a line for each check of checks.txt.

export const bootstrap = process.env.BOOTSTRAP
export const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
export const count = 300
export const baseMs = 1_700_000_000_000
export const middleMs = baseMs + 100_500
export const middleOffsets = [34, 34, 33]
export const committedOffsets = [10, 20, 30]

// Keys and values are text or null, headers are [name, text], in their order.
export function record(i) {
  const key = i % 5 === 0 ? null : `key-${i}`
  return {
    partition: i % 3,
    offset: Math.floor(i / 3),
    timestamp: baseMs + 1000 * i,
    key,
    value: key !== null && i % 7 === 0 ? null : `value-${i}-${'x'.repeat(i % 50)}`,
    headers: i % 2 === 0 ? [['number', `${i}`], ['empty', '']] : []
  }
}

// From a number to before another, in the order of partitions.
export function records(first, last) {
  const all = Array.from({ length: last - first }, (_, n) => record(first + n))
  return all.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}

export function text(bytes) {
  return bytes === null || bytes === undefined ? null : bytes.toString()
}

export function equal(got, wanted, what = 'got') {
  const [one, other] = [got, wanted].map(value => JSON.stringify(value))
  if (one !== other) throw new Error(`${what}: ${one} in place of ${other}`)
}

// Those of a partition have to be in order; partitions come in any.
export function sameRecords(got, wanted) {
  const sorted = got.toSorted((a, b) => a.partition - b.partition)
  for (let i = 0; i < Math.min(sorted.length, wanted.length); i++) equal(sorted[i], wanted[i], 'record')
  equal(sorted.length, wanted.length, 'records')
}

// Waits for the condition, which may be a promise.
export async function until(what, condition, seconds = 30) {
  const deadline = Date.now() + 1000 * seconds
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

let failed = false

// One line for what the body does, within a minute; then the program goes on.
export async function check(name, body) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('not done within a minute')), 60_000)
  })
  try {
    await Promise.race([body(), late])
    console.log(`ok ${name}`)
  } catch (error) {
    failed = true
    const causes = (error.errors ?? error.partitions ?? []).map(cause => (cause.error ?? cause).message)
    console.log(`FAILED ${name}: ${[error.message, ...causes].join(': ').replace(/\s+/g, ' ')}`)
  } finally {
    clearTimeout(timer)
  }
}

export function none(...names) {
  for (const name of names) console.log(`none ${name}`)
}

// The checks of single fields, of the records that were read from the topic without a codec.
export async function checkFields(got) {
  const fields = { headers: 'headers', 'null-key': 'key', tombstone: 'value', timestamps: 'timestamp' }
  for (const [name, field] of Object.entries(fields)) {
    await check(name, async () => {
      equal(got.length, count, 'records')
      for (const r of got) equal(r[field], record(3 * r.offset + r.partition)[field], `${r.partition}@${r.offset}`)
    })
  }
}

// The phase that the argument names; what hangs behind it does not hold the program.
export async function run(phases) {
  await phases[process.argv[2]]()
  process.exit(failed ? 1 : 0)
}
