import { eq } from 'drizzle-orm'
import { groups } from '../../src/cognito/tables/groups.ts'
import { users } from '../../src/cognito/tables/users.ts'
import type { Database } from '../../src/db/database.ts'
import { credentials, dataflows } from '../../src/db/schema/dataflows.ts'
import { runs, runTables } from '../../src/db/schema/runs.ts'
import { published, snapshots } from '../../src/db/schema/snapshots.ts'
import { tasks } from '../../src/db/schema/tasks.ts'

type DataflowSeed = Partial<typeof dataflows.$inferInsert> & { readonly name: string }
type RunSeed = Partial<typeof runs.$inferInsert>

const TABLES = ['users', 'groups', 'group_members'] as const

export async function seedDataflow(db: Database, seed: DataflowSeed): Promise<number> {
  const values: typeof dataflows.$inferInsert = {
    displayName: '',
    poolId: 'eu-west-1_q9ZkT31aB',
    region: 'eu-west-1',
    tables: TABLES.map((source) => ({ source, purpose: 'All' })),
    ...seed,
  }
  const [row] = await db.insert(dataflows).values(values).returning()
  const dataflowId = idOf(row)
  await db.insert(credentials).values({ dataflowId, kind: 'ambient' })
  await db.insert(published).values({ dataflowId })
  return dataflowId
}

/** A run as it stands when a person looks; by default it has just succeeded. */
export async function seedRun(db: Database, dataflowId: number, seed: RunSeed = {}): Promise<number> {
  const [row] = await db
    .insert(runs)
    .values({
      dataflowId,
      trigger: 'manual',
      requestedBy: 'ana',
      state: 'succeeded',
      startedAt: new Date(Date.now() - 60_000),
      finishedAt: new Date(),
      ...seed,
    })
    .returning()
  return idOf(row)
}

/** What readers see: 1,812 users of whom 12 are new. */
export async function seedPublished(db: Database, dataflowId: number, run: number): Promise<void> {
  await db.insert(snapshots).values({ id: run, dataflowId, state: 'kept', tables: [] })
  await db
    .update(published)
    .set({ snapshotId: run, publishedAt: new Date() })
    .where(eq(published.dataflowId, dataflowId))
  await db.insert(runTables).values({ runId: run, table: 'users', rows: 1_812, added: 12, removed: 3, changed: 41 })
}

/** Two shards of users, one of them done, and the groups. */
export async function seedStreams(db: Database, dataflowId: number, runId: number): Promise<void> {
  const shapes = [groups.shape(null), users.shape(null)]
  await db.insert(snapshots).values({ id: runId, dataflowId, tables: shapes })
  const task = { runId, kind: 'stream' as const }
  await db.insert(tasks).values([
    { ...task, label: 'users · 0', stream: { source: 'users', prefix: '0' }, rows: 1_234, state: 'done' },
    { ...task, label: 'users · 1', stream: { source: 'users', prefix: '1' }, rows: 567 },
    { ...task, label: 'groups', stream: { source: 'groups' }, rows: 12, state: 'done' },
  ])
}

function idOf(row: { id: number } | undefined): number {
  if (!row) throw new Error('an insert of one row returned none')
  return row.id
}
