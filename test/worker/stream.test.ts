import { eq, sql } from 'drizzle-orm'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createGovernor, type Governor } from '../../src/cognito/governor.ts'
import { tasks } from '../../src/db/schema/tasks.ts'
import { WaitError } from '../../src/errors.ts'
import { readRunLog } from '../../src/run/log.ts'
import { type Claim, claimTask } from '../../src/run/tasks.ts'
import { plan } from '../../src/worker/plan.ts'
import { createPools } from '../../src/worker/pools.ts'
import { stream } from '../../src/worker/stream.ts'
import { createLine, type Line } from '../support/line.ts'

/** A run of 16 shards that has been planned, and what works at it. */
async function createShardedRun(governor: Governor = createGovernor(undefined)) {
  const line = await createLine({ users: 2_000, groups: 0 })
  await line.startHere([])
  const run = await line.request(await line.createDataflow({ name: 'Sharded' }))
  const pools = createPools(line.db, line.keys, governor)
  onTestFinished(() => pools.closeAll())
  const { signal } = new AbortController()
  const own = { db: line.db, hashKey: undefined, onProgress: () => undefined, tasksUnderWay: () => 1 }
  const begin = async (verb: typeof plan, claim: Claim) =>
    verb({ ...own, ...(await pools.open(claim.run)) }, claim, signal)
  const planned = await line.db.select().from(tasks).where(eq(tasks.runId, run))
  await begin(plan, await claimed(line, planned[0]?.id))
  const [shard] = await line.db.select().from(tasks).where(sql`${tasks.stream}->>'prefix' = 'a'`)
  return { line, claim: () => claimed(line, shard?.id), read: (claim: Claim) => begin(stream, claim) }
}

async function claimed({ db }: Line, task = 0): Promise<Claim> {
  const claim = await claimTask(db, task, 'the test')
  if (!claim) throw new TypeError(`task ${task} can't be claimed`)
  return claim
}

const openShards = ({ db }: Line) =>
  db.execute(sql`select from poolkeeper.tasks where stream->>'prefix' is not null and state = 'ready'`)

test('a shard whose filter is refused has the users read as one stream', async () => {
  const { line, claim, read } = await createShardedRun()
  line.sandbox.faults.add({ kind: 'filterRefused' })
  const claimed = await claim()
  expect(await read(claimed)).toBe('lost')
  expect(await openShards(line)).toHaveLength(0)
  expect((await readRunLog(line.db, claimed.run.id)).map(({ message }) => message)).toEqual([
    'Begun by the test.',
    expect.stringMatching(/^Planned: users in 16 streams.* About [\d,]+ users take \d+ requests\.$/),
    expect.stringMatching(/^Requests come out of the quotas of account \d{12} in us-east-1: UserList at 27\/s/),
    'Cognito refuses to part the users by sub: they are read as one stream.',
  ])
})

test('but not by a worker that lost its claim: whoever took over may be doing well', async () => {
  const { line, claim, read } = await createShardedRun()
  const late = await claim()
  await claim()
  line.sandbox.faults.add({ kind: 'filterRefused' })
  expect(await read(late)).toBe('lost')
  expect(await openShards(line)).toHaveLength(16)
})

describe('a quota that is busy', () => {
  /** Lets a shard have so many pages; what else is asked would not have its turn within the slice. */
  async function createBusyRun(pages: number) {
    let left = pages
    const run = await createShardedRun({
      take: async ({ operation }) => {
        if (operation === 'ListUsers' && left-- <= 0) throw new WaitError('quota-busy', 'The quota is busy.')
        return 0
      },
      slowDown: () => undefined,
    })
    const checkpoint = async () =>
      (await run.line.db.select().from(tasks).where(sql`${tasks.stream}->>'prefix' = 'a'`))[0]
    return { ...run, checkpoint }
  }

  test('ends the slice of a shard that got somewhere, and its checkpoint says how far it is', async () => {
    const { claim, read, checkpoint } = await createBusyRun(1)
    expect(await read(await claim())).toBe('again')
    const shard = await checkpoint()
    expect(shard).toMatchObject({ page: 1, state: 'ready' })
    expect(shard?.seen).toEqual({
      first: expect.stringMatching(/^a[0-9a-f]{4}$/),
      last: expect.stringMatching(/^a[0-9a-f]{4}$/),
      orderly: true,
    })
  })

  test('is waited for by one that got nowhere', async () => {
    const { claim, read, checkpoint } = await createBusyRun(0)
    await expect(read(await claim())).rejects.toMatchObject({ code: 'quota-busy' })
    expect(await checkpoint()).toMatchObject({ page: 0, seen: null })
  })
})

test('a slice that ends splits the shard with most left, where requests do not wait for their quota', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { line, claim, read } = await createShardedRun({
    async take({ operation }) {
      // the slice is over after its first page
      if (operation === 'ListUsers') vi.setSystemTime(Date.now() + 20_000)
      return 0
    },
    slowDown: () => undefined,
  })
  const manyRead = { seen: { first: 'a0000', last: 'a0000', orderly: true }, rows: 6_000, requests: 100 }
  await line.db.update(tasks).set(manyRead).where(sql`${tasks.stream}->>'prefix' = 'a'`)
  expect(await read(await claim())).toBe('again')
  const [split] = await line.db.execute(sql`select stream->>'until' as until from poolkeeper.tasks
    where stream->>'prefix' = 'a'`)
  expect(split?.until).toMatch(/^a[1-9a-f]$/)
  expect((await openShards(line)).length).toBeGreaterThan(16)
})
