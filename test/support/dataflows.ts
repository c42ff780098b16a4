import type { Database, Queryable } from '../../src/db/database.ts'
import { schemaOf, snapshotSchemaOf } from '../../src/db/names.ts'
import { credentials, dataflows } from '../../src/db/schema/dataflows.ts'
import { published } from '../../src/db/schema/snapshots.ts'
import type { TableShape } from '../../src/db/table.ts'
import { commentTables } from '../../src/snapshot/comments.ts'
import { createTables, type DataflowSchemas } from '../../src/snapshot/tables.ts'

/** A small table with a column of every type. Its own, so that what Cognito's tables look like is no matter here. */
export const USERS: TableShape = {
  table: 'users',
  comment: 'The users',
  columns: [
    { name: 'sub', type: 'text', comment: 'The id' },
    { name: 'email', type: 'text', comment: 'The address' },
    { name: 'verified', type: 'boolean', comment: 'Whether it was verified' },
    { name: 'logins', type: 'integer', comment: 'A whole number' },
    { name: 'score', type: 'numeric', comment: 'A number of any precision' },
    { name: 'last_modified_at', type: 'timestamptz', comment: 'An instant' },
    { name: 'identities', type: 'jsonb', comment: "Somebody else's JSON" },
  ],
  key: ['sub'],
  newest: 'last_modified_at',
}

/** A table whose rows are told apart by two columns, without any other and without a newest one. */
export const MEMBERS: TableShape = {
  table: 'group_members',
  comment: 'Who is in which group',
  columns: [
    { name: 'group_name', type: 'text', comment: 'The group' },
    { name: 'sub', type: 'text', comment: 'The user' },
  ],
  key: ['group_name', 'sub'],
}

export interface TestDataflow extends DataflowSchemas {
  readonly name: string
}

type Fields = Partial<typeof dataflows.$inferInsert>

let made = 0

/** A dataflow without tables, of a name of its own; its row holds what a test wants otherwise. */
export async function aBareDataflow(db: Queryable, fields: Fields = {}): Promise<TestDataflow> {
  const { name = `Pool${++made}` } = fields
  const [row] = await db
    .insert(dataflows)
    .values({
      displayName: name,
      poolId: 'eu-central-1_AbCdEf123',
      region: 'eu-central-1',
      tables: [
        { source: 'users', purpose: 'All' },
        { source: 'group_members', purpose: 'All' },
      ],
      ...fields,
      name,
    })
    .returning({ id: dataflows.id })
  if (!row) throw new TypeError('the dataflow was not inserted')
  await db.insert(credentials).values({ dataflowId: row.id, kind: 'ambient' })
  await db.insert(published).values({ dataflowId: row.id })
  return { id: row.id, name, schema: schemaOf(name), snapshotSchema: snapshotSchemaOf(name) }
}

/** A dataflow with its tables. */
export async function aDataflow(db: Database, fields: Fields = {}): Promise<TestDataflow> {
  return db.transaction(async (tx) => {
    const dataflow = await aBareDataflow(tx, fields)
    await createTables(tx, dataflow, [USERS, MEMBERS])
    await commentTables(tx, dataflow, [USERS, MEMBERS], { described: false })
    return dataflow
  })
}
