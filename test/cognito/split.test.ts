import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { progressOf, recordsToTheEnd, seeMore } from '../../src/cognito/shardPlace.ts'
import { rowsLeft, splitShard } from '../../src/cognito/split.ts'
import type { Seen, StreamSource } from '../../src/db/schema/tasks.ts'
import { Pool } from '../../src/sandbox/pool.ts'

const shard = (prefix: string, until?: string): StreamSource => ({
  ...{ source: 'users', prefix },
  ...(until && { until }),
})
const seen = (first: string, last: string, orderly = true): Seen => ({ first, last, orderly })
const prefixes = (streams: readonly StreamSource[] = []) => streams.map(({ prefix }) => prefix)

describe('a shard that is split', () => {
  test('ends with the digit that it is at, and the others become shards', () => {
    const split = splitShard({ stream: shard('a'), seen: seen('a0000', 'a2f00'), rows: 600 }, 15)
    expect(split?.until).toBe('a3')
    expect(prefixes(split?.rest)).toEqual([...'3456789abcdef'].map((digit) => `a${digit}`))
  })

  test('gives away no more digits than shards are missing, from the end', () => {
    const split = splitShard({ stream: shard('a'), seen: seen('a0000', 'a2f00'), rows: 600 }, 2)
    expect({ ...split, rest: prefixes(split?.rest) }).toEqual({ until: 'ae', rest: ['ae', 'af'] })
  })

  test('is split on the first digit that varies, and what the constant ones leave out is read as well', () => {
    const split = splitShard({ stream: shard('a'), seen: seen('a4081', 'a478f'), rows: 4_000 }, 15)
    expect(split?.until).toBe('a48')
    expect(prefixes(split?.rest)).toEqual([
      ...[...'89abcdef'].map((digit) => `a4${digit}`),
      ...[...'56789abcdef'].map((digit) => `a${digit}`),
    ])
  })

  test('can be split again, before its end', () => {
    const once = shard('a', 'ac')
    expect(splitShard({ stream: once, seen: seen('a0000', 'a2f00'), rows: 600 }, 1)?.until).toBe('ab')
    expect(splitShard({ stream: once, seen: seen('a0000', 'abf00'), rows: 6_000 }, 15)).toBeNull()
  })

  test('is split on the next digit where its end leaves one value of the first', () => {
    const split = splitShard({ stream: shard('a', 'a1'), seen: seen('a0000', 'a02ff'), rows: 600 }, 15)
    expect(split?.until).toBe('a03')
    expect(prefixes(split?.rest)).toEqual([...'3456789abcdef'].map((digit) => `a0${digit}`))
  })

  test.each<[string, Parameters<typeof splitShard>[0]]>([
    ['has seen nobody', { stream: shard('a'), seen: null, rows: 0 }],
    ['came in no order', { stream: shard('a'), seen: seen('a0000', 'a2f00', false), rows: 600 }],
    [
      'has seen a few users, who may lie close together by chance',
      { stream: shard('a'), seen: seen('a0000', 'a0001'), rows: 59 },
    ],
    ['has little left', { stream: shard('a'), seen: seen('a0000', 'a2f00'), rows: 200 }],
    ['is at its last digit', { stream: shard('a'), seen: seen('a0000', 'af000'), rows: 60_000 }],
    ['reads no range', { stream: { source: 'users', prefix: null }, seen: seen('00000', '20000'), rows: 600 }],
  ])('is not split when it %s', (_why, one) => {
    expect(splitShard(one, 15)).toBeNull()
  })

  test('is not split for nobody', () => {
    expect(splitShard({ stream: shard('a'), seen: seen('a0000', 'a2f00'), rows: 600 }, 0)).toBeNull()
  })
})

test('how many users are left is told by how those lie that were seen', () => {
  expect(rowsLeft({ stream: shard('a'), seen: seen('a0000', 'a4000'), rows: 100 })).toBe(300)
  expect(rowsLeft({ stream: shard('a', 'a8'), seen: seen('a0000', 'a4000'), rows: 100 })).toBe(100)
  expect(rowsLeft({ stream: shard('a', 'a8'), seen: seen('a0000', 'a9000'), rows: 100 })).toBe(0)
  expect(rowsLeft({ stream: shard('a'), seen: seen('a0000', 'a4000', false), rows: 100 })).toBe(0)
  expect(progressOf(shard('a', 'a8'), seen('a0000', 'a4000'))).toBe(0.5)
})

describe('a page behind the end of a shard', () => {
  const records = ['a1', 'a2', 'a3'].map((Value) => ({ Attributes: [{ Name: 'sub', Value }] }))

  test('is cut there', () => {
    expect(recordsToTheEnd(shard('a', 'a2'), seen('a0', 'a3'), records)).toEqual(records.slice(0, 1))
    expect(recordsToTheEnd(shard('a', 'a1'), seen('a0', 'a3'), records)).toEqual([])
    expect(recordsToTheEnd(shard('a', 'b'), seen('a0', 'a3'), records)).toBeNull()
  })

  test('is read whole where subs came in no order: somebody may still come from before the end', () => {
    expect(recordsToTheEnd(shard('a', 'a2'), seen('a0', 'a3', false), records)).toBeNull()
  })
})

/** A shard as it is read by a worker. */
interface Reader {
  stream: StreamSource
  /** Where the worker believes that it ends. */
  known: string | undefined
  readonly subs: readonly string[]
  at: number
  seen: Seen | null
  rows: number
}

interface Chance {
  /** Which of the open shards reads a page, how large it is, and whether the reader has heard of its new end. */
  readonly pages: readonly { readonly which: number; readonly size: number; readonly hears: boolean }[]
  readonly restarts: boolean
}

/** Reads a pool by shards that are split whenever one ends, page by page in an order left to chance. @returns all that was read */
function readAll(subs: readonly string[], { pages, restarts }: Chance): { read: string[]; splits: number } {
  const open = [...'0123456789abcdef'].map((prefix) => reader(shard(prefix), subs))
  const read: string[] = []
  let splits = 0
  for (let turn = 0; open.length > 0; turn++) {
    const { which = 0, size = 60, hears = true } = pages[turn % pages.length] ?? {}
    const at = which % open.length
    const one = open[at] as Reader
    if (restarts && turn === 40) Object.assign(one, { at: 0, seen: null, rows: 0 })
    if (hears) one.known = one.stream.until
    if (!readPage(one, size, read)) continue
    open.splice(at, 1)
    splits += splitSlowest(open, subs) ? 1 : 0
  }
  return { read, splits }
}

function reader(stream: StreamSource, subs: readonly string[]): Reader {
  const own = subs.filter((sub) => sub.startsWith(stream.prefix ?? ''))
  return { stream, known: stream.until, subs: own, at: 0, seen: null, rows: 0 }
}

/** @returns whether it was the shard's last page */
function readPage(one: Reader, size: number, read: string[]): boolean {
  const page = one.subs.slice(one.at, one.at + size).map((Value) => ({ Attributes: [{ Name: 'sub', Value }] }))
  one.at += size
  const stream = one.known === undefined ? one.stream : { ...one.stream, until: one.known }
  one.seen = seeMore(stream, one.seen, page)
  const last = recordsToTheEnd(one.known === undefined ? shard(stream.prefix ?? '') : stream, one.seen, page)
  const records = last ?? page
  one.rows += records.length
  read.push(...(records as typeof page).map(({ Attributes }) => Attributes[0]?.Value ?? ''))
  return last !== null || one.at >= one.subs.length
}

function splitSlowest(open: Reader[], subs: readonly string[]): boolean {
  const [slowest] = open.toSorted((a, b) => rowsLeft(b) - rowsLeft(a))
  const split = slowest && splitShard(slowest, 16 - open.length)
  if (!split) return false
  slowest.stream = { ...slowest.stream, until: split.until }
  open.push(...split.rest.map((stream) => reader(stream, subs)))
  return true
}

/** Subs of all forms; a share of them is moved behind one prefix. */
const pools = fc
  .record({
    form: fc.constantFrom('random', 'regional', 'mixed'),
    region: fc.constantFrom('us-east-1', 'eu-north-1', 'eu-west-1'),
    users: fc.integer({ min: 0, max: 9_000 }),
    seed: fc.nat(1_000),
    crowd: fc.stringMatching(/^[0-9a-f]{1,4}$/),
    share: fc.constantFrom(0, 0.5, 0.95),
  })
  .map(({ form, region, users, seed, crowd, share }) => {
    const { sorted } = new Pool({ users, groups: 0, subs: form as 'random' | 'regional' | 'mixed', region, seed })
    return sorted.map((sub, n) => ((n * 7) % 100 < share * 100 ? crowd + sub.slice(crowd.length) : sub)).toSorted()
  })

const chances = fc.array(
  fc.record({ which: fc.nat(1_000), size: fc.integer({ min: 0, max: 60 }), hears: fc.boolean() }),
  { minLength: 1, maxLength: 50 },
)

describe('whoever is in a pool', () => {
  test('is read, however its subs lie, its pages come and its shards are split', () => {
    let splits = 0
    const everybodyIsRead = fc.property(pools, chances, fc.boolean(), (subs, pages, restarts) => {
      fc.pre(pages.some(({ size }) => size > 0))
      const all = readAll(subs, { pages, restarts })
      splits += all.splits
      expect(new Set(all.read)).toEqual(new Set(subs))
    })
    fc.assert(everybodyIsRead, { numRuns: 150 })
    expect(splits).toBeGreaterThan(50)
  })

  test('is read once, where every reader hears of its end in time', () => {
    const everybodyOnce = fc.property(pools, chances, (subs, pages) => {
      fc.pre(pages.some(({ size }) => size > 0))
      const { read } = readAll(subs, { pages: pages.map((page) => ({ ...page, hears: true })), restarts: false })
      expect(read.toSorted()).toEqual(subs)
    })
    fc.assert(everybodyOnce, { numRuns: 100 })
  })

  test('is read once where subs come in no order: then nothing is split', () => {
    const everybodyOnce = fc.property(pools, chances, fc.infiniteStream(fc.nat()), (subs, pages, numbers) => {
      fc.pre(pages.some(({ size }) => size > 0) && subs.length > 100)
      const shuffled = subs.map((sub) => ({ sub, by: numbers.next().value })).toSorted((a, b) => a.by - b.by)
      const { read } = readAll(
        shuffled.map(({ sub }) => sub),
        { pages, restarts: false },
      )
      expect(new Set(read)).toEqual(new Set(subs))
    })
    fc.assert(everybodyOnce, { numRuns: 20 })
  })
})
