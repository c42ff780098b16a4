import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { retryRun } from '../../src/run/decide.ts'
import { createLine, type LineDatabase } from '../support/line.ts'
import { type OwnPostgres, startOwnPostgres } from '../support/ownPostgres.ts'
import { openReader } from '../support/reader.ts'
import { mayMount, mountSmallDisk } from '../support/smallDisk.ts'
import { expectExact, pagesRead, SOON } from '../support/watching.ts'
import { figure } from './round.ts'
import { expectRowsAsCounted } from './staged.ts'
import { watchPublished } from './watch.ts'

const FULL = [
  {
    what: 'the disk that imports are staged on',
    async databaseOn(postgres: OwnPostgres): Promise<LineDatabase> {
      await postgres.db.execute(sql`alter database postgres set default_tablespace = small`)
      return postgres
    },
  },
  {
    what: 'the disk that the whole database is on',
    databaseOn: (postgres: OwnPostgres) => postgres.databaseIn('small'),
  },
]

test.runIf(mayMount()).each(FULL)(
  '$what is full in the middle of a run: it ends and says so, readers keep what they had, and a retry is whole (where mounting is allowed)',
  async ({ databaseOn }) => {
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
    await vi.waitFor(async () => expect(await pagesRead(line, run)).toBeGreaterThan(4), SOON)
    // or prune would drop the rows before they are counted
    const reader = await openReader(line.databaseUrl, `select from full_snapshots.users_${run} limit 1`)
    await disk.fill()
    const ended = await line.ended(run)
    expect(ended).toMatchObject({
      state: 'failed',
      cause: 'database-full',
      description: expect.stringMatching(/disk is full.*Free some space, then retry the run/),
    })
    await expectRowsAsCounted(line.db, 'full', run)
    await reader.leave()
    expect((await watch.stop()).seen).toHaveLength(2)

    await disk.makeSpace()
    line.sandbox.tune({ latencyMs: 0 })
    const retry = await retryRun(line.db, run, 'the test')
    expect(await line.ended(retry.id)).toMatchObject({ state: 'succeeded' })
    await expectExact(line, 'full')
    figure('pages read when the disk was full', await pagesRead(line, run))
  },
)
