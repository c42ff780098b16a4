import { describe, expect, test } from 'vitest'
import { progressOf, seeMore } from '../../src/cognito/shardPlace.ts'
import { Pool } from '../../src/sandbox/pool.ts'

const shard = (prefix: string) => ({ source: 'users', prefix })

const usersOf = (...subs: string[]) => subs.map((Value) => ({ Attributes: [{ Name: 'sub', Value }] }))

/** A sub of the known form that begins so. */
const sub = (start: string) => `${start.padEnd(8, '0')}-0000-4000-8000-000000000000`

describe('what a shard has seen', () => {
  test('is the first and the last sub so far, without most of their digits', () => {
    const one = seeMore(shard('a'), null, usersOf(sub('a0123456'), sub('a1123456')))
    expect(one).toEqual({ first: 'a0123', last: 'a1123', orderly: true })
    const two = seeMore(shard('a'), one, usersOf(sub('a9876543')))
    expect(two).toEqual({ first: 'a0123', last: 'a9876', orderly: true })
  })

  test('stays what it was through an empty page and through users without a sub', () => {
    const one = seeMore(shard('a'), null, usersOf(sub('a1')))
    expect(seeMore(shard('a'), one, [])).toBe(one)
    expect(seeMore(shard('a'), one, [{ Attributes: [] }, {}])).toBe(one)
  })

  test('never reaches beyond the first group of a sub', () => {
    expect(seeMore(shard('a4b8c8'), null, usersOf(sub('a4b8c8d8')))).toMatchObject({ last: 'a4b8c8d8' })
  })

  test.each([
    ['the same user twice, as lists may have them', ['a1', 'a1', 'a2'], true],
    ['a step back within a page', ['a2', 'a1'], false],
    ['a step back behind the page before', ['a0'], false],
  ])('with %s', (_what, starts, orderly) => {
    const before = seeMore(shard('a'), null, usersOf(sub('a1')))
    expect(seeMore(shard('a'), before, usersOf(...starts.map(sub)))).toMatchObject({ orderly })
  })

  test('is out of order for good once it was, and with a sub of another form', () => {
    const odd = seeMore(shard('a'), null, usersOf('a1', sub('a2')))
    expect(odd).toMatchObject({ orderly: false })
    expect(seeMore(shard('a'), odd, usersOf(sub('a3')))).toMatchObject({ orderly: false })
    expect(seeMore(shard('a'), null, usersOf('aXYZ0000-0000'))).toMatchObject({ orderly: false })
  })

  test('keeps nothing of a sub that is of another form, whatever it holds', () => {
    const nothing = { first: '', last: '', orderly: false }
    expect(seeMore(shard('a'), null, usersOf(sub('a1'), 'a\u0000\ud800'))).toEqual(nothing)
    expect(seeMore(shard('a'), seeMore(shard('a'), null, usersOf(sub('a1'))), usersOf('ada@example.com'))).toEqual(
      nothing,
    )
  })

  test('is nothing for a stream that reads no range', () => {
    expect(seeMore({ source: 'users', prefix: null }, null, usersOf(sub('a1')))).toBeNull()
    expect(seeMore({ source: 'groups' }, null, [{ GroupName: 'g' }])).toBeNull()
  })
})

describe('how far a shard is', () => {
  test.each(['random', 'regional', 'mixed'] as const)('follows what it has read of %s subs', (subs) => {
    const pool = new Pool({ users: 32_000, subs, seed: 3 })
    const all = [...pool.sorted].filter((key) => key.startsWith('7'))
    for (const share of [0.04, 0.3, 0.5, 0.9]) {
      const read = all.slice(0, all.length * share)
      const progress = progressOf(shard('7'), seeMore(shard('7'), null, usersOf(...read)))
      // half of a mixed pool's subs share their second digit, so that they come all at once
      expect(Math.abs(progress - share), `${share}`).toBeLessThan(subs === 'mixed' ? 0.3 : 0.05)
    }
  })

  test('is the beginning before it has seen anybody, and halfway once nothing can be told', () => {
    expect(progressOf(shard('7'), null)).toBe(0)
    expect(progressOf(shard('7'), { first: '70000', last: '70000', orderly: true })).toBe(0)
    expect(progressOf(shard('7'), { first: '70000', last: '7f000', orderly: false })).toBe(0.5)
    expect(progressOf({ source: 'groups' }, null)).toBe(0.5)
  })
})
