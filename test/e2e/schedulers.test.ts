import { type JobsOptions, Queue, QueueEvents } from 'bullmq'
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { listRuns } from '../../src/run/history.ts'
import { createLine, type Line } from '../support/line.ts'
import { SOON, USERS_ONLY } from '../support/watching.ts'

test('two schedulers make one run of each slot, and note the next one', async () => {
  const line = await createLine({ users: 5, groups: 0, emptyPages: 0 })
  const names = ['A', 'B', 'C', 'D', 'E', 'F'].map((letter) => `Flow${letter}`)
  for (const name of names) await line.createDataflow({ name, schedule: '0 3 * * *', ...USERS_ONLY })
  await line.startHere(['worker'])
  const schedulers = [line.start('scheduler'), line.start('scheduler')]
  await vi.waitFor(() => schedulers.map((one) => expect(one.output()).toContain('scheduler is up')), SOON)

  for (const slot of ['2026-05-01T03:00:00Z', '2026-05-02T03:00:00Z']) {
    await line.db.execute(sql`update poolkeeper.dataflows set next_run_at = ${slot}::timestamptz`)
    await vi.waitFor(async () => expect(await runsOf(line, slot)).toEqual(names.map(() => 'succeeded')), SOON)
  }
  expect(await listRuns(line.db)).toHaveLength(2 * names.length)
  const [next] = await line.db.execute(sql`select bool_and(next_run_at > now()) as later from poolkeeper.dataflows`)
  expect(next).toEqual({ later: true })
})

test("another service's request on the queue makes one run per job id, however often it is sent", async () => {
  const line = await createLine({ users: 5, groups: 0 })
  await line.createDataflow({ name: 'Asked', ...USERS_ONLY })
  await line.startHere()
  const request = await openRequests(line)
  const order = { dataflow: 'asked', requestedBy: 'the billing service' }

  const first = await request(order, { jobId: 'order-1' })
  expect(first).toEqual({ run: 1, state: 'queued' })
  expect(await line.ended(1)).toMatchObject({ trigger: 'queue', requestedBy: 'the billing service' })
  expect(await request(order, { jobId: 'order-1' })).toEqual({ run: 1, state: 'succeeded' })
  expect(await request(order, { jobId: 'order-2' })).toMatchObject({ state: 'queued' })
  expect(await listRuns(line.db)).toHaveLength(2)
})

test('a request that cannot be served fails with what is wrong with it, and makes no run', async () => {
  const line = await createLine({ users: 0 })
  await line.createDataflow({ name: 'Asked', ...USERS_ONLY })
  await line.startHere(['scheduler'])
  const request = await openRequests(line)
  await expect(request({ dataflow: 'Askd', requestedBy: 'somebody' })).rejects.toThrow('Did you mean Asked?')
  await expect(request({ flow: 'Asked' })).rejects.toThrow('not {dataflow, requestedBy, tables?, priority?}')
  expect(await listRuns(line.db)).toEqual([])
})

test('a second run while one is under way is skipped, and history says which one', async () => {
  const line = await createLine({ users: 30, groups: 0 })
  const dataflow = await line.createDataflow({ name: 'Busy', ...USERS_ONLY })
  const first = await line.request(dataflow)
  const { code, stdout, stderr } = await line.command('run', 'Busy', '--wait', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ state: 'skipped', cause: 'already-running', tables: [] })
  expect(stderr).toMatch(/^poolkeeper: Busy, run \d+ was skipped: Run 1 of this dataflow was still under way\..*\n$/)
  await line.startHere()
  expect(await line.ended(first)).toMatchObject({ state: 'succeeded' })
})

async function runsOf({ db }: Line, slot: string): Promise<unknown[]> {
  const rows = await db.execute(sql`select state from poolkeeper.runs where slot = ${slot}::timestamptz`)
  return rows.map(({ state }) => state)
}

/**
 * What another service does, knowing BullMQ and the queue's name: it asks, hears the answer, and takes its job away.
 * Only then: `removeOnComplete` took it away before BullMQ looked for the answer ("Missing key for job", once in CI).
 */
async function openRequests({ redis, redisUrl }: Line) {
  const connection = redis.duplicate({ maxRetriesPerRequest: null })
  const queue = new Queue('poolkeeper-requests', { connection })
  const events = new QueueEvents('poolkeeper-requests', { connection: { url: redisUrl } })
  onTestFinished(async () => {
    await Promise.all([queue.close(), events.close()])
    connection.disconnect()
  })
  await events.waitUntilReady()
  return async (data: object, options?: JobsOptions) => {
    const job = await queue.add('request', data, options)
    const answer = await job.waitUntilFinished(events, 20_000)
    await job.remove()
    return answer
  }
}
