import { createHash } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import type { Governor, Waiting } from '../../src/cognito/governor.ts'
import { BEGINNING, type Page, type Position, readPages } from '../../src/cognito/pages.ts'
import { groupNames } from '../../src/cognito/tables/groups.ts'
import type { StreamSource } from '../../src/db/schema/tasks.ts'
import { GiveUpError, WaitError } from '../../src/errors.ts'
import { type Answer, type Asked, scripted } from './scripted.ts'

const ALL_USERS: StreamSource = { source: 'users', prefix: null }

/** Answers ListUsers with pages of the given sizes, whose tokens are their numbers. */
function pagesOf(sizes: number[]) {
  return ({ input }: Asked): Answer => {
    const page = Number(input.PaginationToken ?? 0)
    const Users = Array.from({ length: sizes[page] ?? 0 }, (_, index) => ({ Username: `${page}/${index}` }))
    return { Users, ...(page + 1 < sizes.length && { PaginationToken: String(page + 1) }) }
  }
}

async function readAll(pages: AsyncIterable<Page>): Promise<Page[]> {
  const read: Page[] = []
  for await (const page of pages) read.push(page)
  return read
}

describe('reading', () => {
  test('gives every record once, through short and empty pages, until there is no token', async () => {
    const sizes = [60, 7, 0, 60, 0, 1, 0]
    const { pool, asked } = await scripted(pagesOf(sizes))
    const pages = await readAll(readPages(pool, ALL_USERS, BEGINNING))
    expect(pages.map(({ records }) => records.length)).toEqual(sizes)
    expect(pages.map(({ next }) => next.token)).toEqual(['1', '2', '3', '4', '5', '6', null])
    expect(pages.at(-1)?.next).toEqual({ token: null, page: 7, loopMark: null })
    expect(asked.every(({ input }) => input.Limit === 60)).toBe(true)
  })

  test('goes on from a checkpoint', async () => {
    const { pool, asked } = await scripted(pagesOf([60, 60, 5]))
    const pages = await readAll(readPages(pool, ALL_USERS, { token: '2', page: 2, loopMark: null }))
    expect(pages.map(({ records }) => records.length)).toEqual([5])
    expect(asked.map(({ input }) => input.PaginationToken)).toEqual(['2'])
  })

  test.each<[StreamSource, string, Record<string, unknown>]>([
    [{ source: 'users', prefix: null }, 'ListUsers', { PaginationToken: 't' }],
    [{ source: 'users', prefix: 'a' }, 'ListUsers', { PaginationToken: 't', Filter: 'sub ^= "a"' }],
    [{ source: 'groups' }, 'ListGroups', { NextToken: 't' }],
    [{ source: 'group_members', group: 'É "1"' }, 'ListUsersInGroup', { NextToken: 't', GroupName: 'É "1"' }],
  ])('%j asks %s as Cognito wants it', async (source, operation, parameters) => {
    const { pool, asked } = await scripted(() => ({}))
    await readAll(readPages(pool, source, { token: 't', page: 1, loopMark: null }))
    expect(asked).toEqual([{ operation, input: { UserPoolId: pool.poolId, Limit: 60, ...parameters } }])
  })

  test('gives members with their group', async () => {
    const { pool } = await scripted(() => ({ Users: [{ Username: 'u' }] }))
    const [page] = await readAll(readPages(pool, { source: 'group_members', group: 'g' }, BEGINNING))
    expect(page?.records).toEqual([{ group: 'g', user: { Username: 'u' } }])
  })

  test('finds no members in a group that is gone, and no pool where the pool is gone', async () => {
    const source: StreamSource = { source: 'group_members', group: 'g' }
    const gone = (message: string) => scripted(() => ({ error: 'ResourceNotFoundException', message }))
    const group = await gone('Group not found.')
    await expect(readAll(readPages(group.pool, source, BEGINNING))).resolves.toEqual([
      { records: [], next: { token: null, page: 1, loopMark: null }, last: true },
    ])
    const poolGone = await gone('User pool us-east-1_Scripted1 does not exist.')
    await expect(readAll(readPages(poolGone.pool, source, BEGINNING))).rejects.toMatchObject({ code: 'pool-not-found' })
  })

  test('names the groups of a page, without those that cannot be stored', () => {
    expect(groupNames([{ GroupName: 'a' }, {}, { GroupName: 'b\0' }, { GroupName: '東京' }])).toEqual(['a', '東京'])
  })
})

describe('a slice', () => {
  test('reads a page when it is asked for, and no other', async () => {
    const { pool } = await scripted(pagesOf([1, 1, 1]))
    const sent = vi.spyOn(pool, 'waiting')
    const pages = readPages(pool, ALL_USERS, BEGINNING)
    for (const requests of [1, 2, 3]) {
      await pages.next()
      expect(sent).toHaveBeenCalledTimes(requests)
    }
    expect((await pages.next()).done).toBe(true)
  })

  test('that is over begins no page but its first', async () => {
    const { pool } = await scripted(pagesOf([1, 1, 1]))
    const pages = await readAll(readPages(pool, ALL_USERS, BEGINNING, { until: Date.now() }))
    expect(pages).toMatchObject([{ next: { token: '1', page: 1 }, last: false }])
  })

  test('hears an abort while it awaits a page', async () => {
    const controller = new AbortController()
    const { pool, asked } = await scripted(() => () => undefined)
    const next = readPages(pool, ALL_USERS, BEGINNING, { signal: controller.signal }).next()
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    const reason = new Error('quiet')
    controller.abort(reason)
    await expect(next).rejects.toBe(reason)
    await expect(readPages(pool, ALL_USERS, BEGINNING, { signal: controller.signal }).next()).rejects.toBe(reason)
  })
})

/** Longer than any test takes. */
const FAR = Date.now() + 600_000

describe('waiting for the quota', () => {
  const userOf = (sub: string) => ({ Username: sub, Attributes: [{ Name: 'sub', Value: `${sub}-1111` }] })

  /** Reads a stream whose pages hold these subs. @returns how its requests waited */
  async function waitsOf(stream: StreamSource, pages: string[][], from: Position = BEGINNING) {
    const until = FAR
    const waits: (Waiting | undefined)[] = []
    const governor: Governor = {
      take: async ({ waiting }) => waits.push(waiting) && 0,
      slowDown: () => undefined,
    }
    const { pool } = await scripted(
      (_asked, count) => ({
        Users: pages[count - 1]?.map(userOf),
        ...(count < pages.length && { PaginationToken: `${count}` }),
      }),
      { governor },
    )
    const read = await readAll(readPages(pool, stream, from, { until }))
    return { waits, read }
  }

  test('a request says how far its shard is through its range, and how long it may wait', async () => {
    const pages = [['a0000000', 'a4000000'], ['a8000000'], [], ['ac000000'], []]
    const { waits } = await waitsOf({ source: 'users', prefix: 'a' }, pages)
    const until = FAR
    expect(waits).toEqual([0, 0.25, 0.5, 0.5, 0.75].map((progress) => ({ progress, until })))
  })

  test('a shard knows so from its checkpoint as well, which forgets it at the end', async () => {
    const seen = { first: 'a0000', last: 'a8000', orderly: true }
    const shard = { source: 'users', prefix: 'a' }
    const { waits, read } = await waitsOf(shard, [['ac000000'], ['ad000000']], { ...BEGINNING, token: 't', seen })
    expect(waits.map((wait) => wait?.progress)).toEqual([0.5, 0.75])
    expect(read.map(({ next }) => next.seen)).toEqual([{ ...seen, last: 'ac000' }, undefined])
  })

  test('a stream without a range stands halfway', async () => {
    const { waits } = await waitsOf(ALL_USERS, [['a0000000'], ['b0000000']])
    expect(waits.map((wait) => wait?.progress)).toEqual([0.5, 0.5])
  })
})

test('a page that asks for each of its users waits on: half of it would be worth nothing', async () => {
  const waits: (Waiting | undefined)[] = []
  const take: Governor['take'] = async ({ waiting }) => waits.push(waiting) && 0
  const { pool } = await scripted(() => ({}), { governor: { take, slowDown: () => undefined } })
  await readAll(readPages(pool, { source: 'group_members', per: 'user' }, BEGINNING, { until: FAR }))
  expect(waits).toEqual([{ progress: 0.5 }])
})

describe('a shard that is split while it is read', () => {
  const page = (...subs: string[]) => subs.map((sub) => ({ Attributes: [{ Name: 'sub', Value: `${sub}-1111` }] }))
  const PAGES = [page('a0000000', 'a1000000'), page('a2000000', 'a3000000'), page('a4000000', 'a5000000')]

  /** Reads a shard that is given an end behind its first page. */
  async function readSplit(pages: typeof PAGES, until: string) {
    const { pool, asked } = await scripted((_asked, count) => ({
      Users: pages[count - 1],
      ...(count < pages.length && { PaginationToken: `${count}` }),
    }))
    let end: string | undefined
    const read: Page[] = []
    for await (const one of readPages(pool, { source: 'users', prefix: 'a' }, BEGINNING, { endsAt: () => end })) {
      read.push(one)
      end = until
    }
    return { read, requests: asked.length }
  }

  test('ends there, with what comes before it', async () => {
    const { read, requests } = await readSplit(PAGES, 'a3')
    expect(read.map(({ records }) => records.length)).toEqual([2, 1])
    expect(read.at(-1)).toMatchObject({ last: true, next: { token: null, page: 2 } })
    expect(requests).toBe(2)
  })

  test('reads on to the end of its prefix where subs come in no order', async () => {
    const { read } = await readSplit([PAGES[0] ?? [], page('a3000000', 'a2000000'), page('a1000000')], 'a3')
    expect(read.map(({ records }) => records.length)).toEqual([2, 2, 1])
  })
})

describe('a token loop', () => {
  /** Tokens 1, 2, … up to `start`, then round and round a circle of `length`. */
  const circle =
    (start: number, length: number) =>
    ({ input }: Asked) => {
      const at = Number(input.PaginationToken ?? 0)
      const next = at + 1 < start + length ? at + 1 : start
      return { Users: [], PaginationToken: String(next) }
    }

  test.each([
    [1, 1],
    [1, 2],
    [5, 3],
    [10, 17],
  ])('that begins at page %i and is %i long is found, in slices as well as in one go', async (start, length) => {
    const { pool, asked } = await scripted(circle(start, length))
    await expect(readAll(readPages(pool, ALL_USERS, BEGINNING))).rejects.toMatchObject({ code: 'token-loop' })
    expect(asked.length).toBeLessThanOrEqual(3 * (start + length))

    const slices = async () => {
      let position: Position = BEGINNING
      for (let slice = 0; slice < 200; slice++) {
        for await (const page of readPages(pool, ALL_USERS, position)) {
          // What a checkpoint keeps, and nothing else.
          position = JSON.parse(JSON.stringify(page.next))
          break
        }
      }
    }
    await expect(slices()).rejects.toBeInstanceOf(GiveUpError)
  })

  test('keeps one hash, never the token', async () => {
    const { pool } = await scripted(pagesOf([1, 1, 1, 1, 1, 1]))
    const marks = (await readAll(readPages(pool, ALL_USERS, BEGINNING))).map(({ next }) => next.loopMark)
    const hash = (token: string) => createHash('sha256').update(token).digest('base64url')
    expect(marks).toEqual([hash('1'), hash('2'), hash('2'), hash('4'), hash('4'), null])
  })
})

describe('a refused request', () => {
  const refusing = () => scripted(() => ({ error: 'InvalidParameterException' }))

  test('with a token means that the token has expired', async () => {
    const { pool } = await refusing()
    const position = { token: 't', page: 1, loopMark: null }
    await expect(readAll(readPages(pool, ALL_USERS, position))).rejects.toMatchObject({ code: 'token-expired' })
  })

  test('without one means that the filter is refused', async () => {
    const { pool } = await refusing()
    const stream: StreamSource = { source: 'users', prefix: 'a' }
    await expect(readAll(readPages(pool, stream, BEGINNING))).rejects.toMatchObject({ code: 'request-refused' })
  })

  test('for other reasons stays what it is, token or not', async () => {
    const { pool } = await scripted(() => ({ error: 'TooManyRequestsException' }), { attempts: 1 })
    const position = { token: 't', page: 1, loopMark: null }
    await expect(readAll(readPages(pool, ALL_USERS, position))).rejects.toBeInstanceOf(WaitError)
  })
})
