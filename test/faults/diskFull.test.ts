import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { retryRun } from '../../src/run/decide.ts'
import { findRun } from '../../src/run/history.ts'
import { createLine, type Line, type LineDatabase } from '../support/line.ts'
import { type OwnPostgres, startOwnPostgres } from '../support/ownPostgres.ts'
import { openReader } from '../support/reader.ts'
import { mayMount, mountSmallDisk } from '../support/smallDisk.ts'
import { expectExact, SOON, waitForPages } from '../support/watching.ts'
import { expectRowsAsCounted } from './staged.ts'
import { watchPublished } from './watch.ts'

/** Of 16 streams, each some times: enough for five starts of one without a commit. */
const REFUSALS = 80

/** Root may, but not in every container. */
const whereMountingIsAllowed = test.runIf(mayMount())

whereMountingIsAllowed(
  'where mounting is allowed: a full disk under the staged rows ends the run and is named, readers keep what they had, and a retry is whole',
  async () => {
    const { line, disk, watch, run } = await runOnSmallDisk(async (postgres) => {
      await postgres.db.execute(sql`alter database postgres set default_tablespace = small`)
      return postgres
    })
    // or prune would drop the rows before they are counted
    const reader = await openReader(line.databaseUrl, `select from full_snapshots.users_${run} limit 1`)
    await disk.fill()
    expect(await line.ended(run)).toMatchObject({
      state: 'failed',
      cause: 'database-full',
      description: expect.stringMatching(/disk is full.*Free some space, then retry the run/),
    })
    await expectRowsAsCounted(line.db, 'full', run)
    await reader.leave()
    expect((await watch.stop()).seen).toHaveLength(2)

    await disk.makeSpace()
    const retry = await retryRun(line.db, run, 'the test')
    expect(await line.ended(retry.id)).toMatchObject({ state: 'succeeded' })
    await expectExact(line, 'full')
  },
)

whereMountingIsAllowed(
  'where mounting is allowed: with the whole database on the full disk not even the end of a run can be written down; with space again it ends, by that cause at the worst',
  async () => {
    const { line, disk, watch, run } = await runOnSmallDisk((postgres) => postgres.databaseIn('small'))
    const before = await refusals(line)
    await disk.fill()
    await vi.waitFor(async () => {
      const { state } = await findRun(line.db, run)
      expect(state === 'failed' || (await refusals(line)) > before + REFUSALS).toBe(true)
    }, SOON)
    await expectRowsAsCounted(line.db, 'full', run)
    await disk.makeSpace()
    const { state, cause } = await line.ended(run)
    expect(['failed database-full', 'succeeded null']).toContain(`${state} ${cause}`)
    watch.allow()
    await watch.stop()
    expect(await line.run({ id: 1 })).toMatchObject({ state: 'succeeded' })
    await expectExact(line, 'full')
  },
)

/** A dataflow on a small disk: with a snapshot that is published, and a run in the middle of its streams. */
async function runOnSmallDisk(databaseOn: (postgres: OwnPostgres) => Promise<LineDatabase>) {
  const disk = await mountSmallDisk(48)
  const postgres = await startOwnPostgres()
  await postgres.db.execute(sql.raw(`create tablespace small location '${disk.folder}'`))
  const line = await createLine({ users: 2_500, groups: 2 }, await databaseOn(postgres))
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Full' })
  const watch = watchPublished(line, 'full')
  watch.allow()
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })

  line.sandbox.addUser()
  line.sandbox.tune({ latencyMs: 150 })
  const run = await line.request(dataflow)
  await waitForPages(line, 5, run)
  return { line, disk, watch, run }
}

/** How many transactions Postgres has rolled back. */
async function refusals({ db }: Line): Promise<number> {
  const [row] = await db.execute<{ refusals: number }>(
    sql`select xact_rollback::int as refusals from pg_stat_database where datname = current_database()`,
  )
  return row?.refusals ?? 0
}
