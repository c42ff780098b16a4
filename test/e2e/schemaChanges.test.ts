import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test } from 'vitest'
import { SCHEMA, type SchemaAttribute } from '../../src/sandbox/schema.ts'
import { rollback } from '../../src/snapshot/rollback.ts'
import { subOf } from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'

const attribute = (Name: string, AttributeDataType: SchemaAttribute['AttributeDataType']): SchemaAttribute => ({
  ...{ Name, AttributeDataType },
  ...{ DeveloperOnlyAttribute: false, Mutable: true, Required: false },
})

/** Lets the pool's schema be other than the sandbox's, as if somebody had changed it in AWS. */
function setSchema({ sandbox }: Line, ...custom: SchemaAttribute[]): void {
  const standard = SCHEMA.filter(({ Name }) => !Name.startsWith('custom:'))
  sandbox.pool.schema.splice(0, Number.POSITIVE_INFINITY, ...standard, ...custom)
}

/** Somebody who reads: a role with a grant on the view, and a view of theirs on top of it. */
async function aReaderOf({ db }: Line, schema: string) {
  const role = sql.identifier(`reader_of_${schema}_${Date.now()}`)
  await db.execute(sql`create role ${role}`)
  onTestFinished(async () => {
    await db.execute(sql`drop owned by ${role}`)
    await db.execute(sql`drop role ${role}`)
  })
  await db.execute(sql`grant usage on schema ${sql.identifier(schema)} to ${role}`)
  await db.execute(sql`grant select on ${sql.identifier(schema)}.users to ${role}`)
  await db.execute(sql`create view public.report as select * from ${sql.identifier(schema)}.users`)
  return {
    granted: (columns: string) =>
      db.transaction(async (tx) => {
        await tx.execute(sql`set local role ${role}`)
        return tx.execute(sql`select ${sql.raw(columns)} from ${sql.identifier(schema)}.users order by sub`)
      }),
    dependent: (columns: string) => db.execute(sql`select ${sql.raw(columns)} from public.report order by sub`),
  }
}

test('a schema that gains, loses and retypes attributes fails no run, breaks no reader, and history tells each change', async () => {
  const line = await createLine({ users: 1, groups: 0 })
  await line.startHere()
  setSchema(line, attribute('custom:level', 'Number'), attribute('custom:motto', 'String'))
  const [user] = [...line.sandbox.users()]
  const sub = subOf(user ?? {}) ?? ''
  const attributes = { 'custom:level': '3', 'custom:motto': 'Onward', 'custom:city': 'Turin', 'custom:plan': null }
  line.sandbox.pool.poison(sub, { attributes })
  const users = { source: 'users', purpose: 'All' } as const
  const dataflow = await line.createDataflow({ name: 'Changing', tables: [users], keepSnapshots: 9 })
  const first = await line.run(dataflow)
  expect(first).toMatchObject({ state: 'succeeded', notes: [] })
  const reader = await aReaderOf(line, 'changing')
  const before = [{ sub, custom_level: '3', custom_motto: 'Onward' }]
  const columns = 'sub, custom_level, custom_motto'
  expect(await reader.dependent(columns)).toEqual(before)

  // gained: a city. Lost: the motto. Retyped: the level, whose values follow.
  setSchema(line, attribute('custom:level', 'String'), attribute('custom:city', 'String'))
  line.sandbox.pool.poison(sub, { attributes: { ...attributes, 'custom:level': 'gold' } })
  const second = await line.run(dataflow)
  expect(second).toMatchObject({
    state: 'succeeded',
    notes: [
      "users: the pool's schema has gained custom:city. It is in the column custom_city from this run on.",
      "users: the pool's schema has no custom:motto any more. The column custom_motto stays, empty from now on; what users still carry is kept in raw_values.",
      "users.custom_level is text in the pool's schema now. The column stays numeric; what does not fit is kept in raw_values.",
    ],
  })
  const now = { sub, custom_level: null, custom_motto: null }
  expect(await reader.dependent(columns)).toEqual([now])
  expect(await reader.granted(`${columns}, custom_city, raw_values`)).toMatchObject([
    { ...now, custom_city: 'Turin', raw_values: { 'custom:level': 'gold', 'custom:motto': 'Onward' } },
  ])
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', notes: [] })

  await rollback(line.db, { dataflow, to: first.run, by: 'ada', keepSchedule: true })
  expect(await reader.dependent(columns)).toEqual(before)
  expect(await reader.granted(`${columns}, custom_city`)).toEqual([{ ...before[0], custom_city: null }])

  // back to what it was: the columns are filled again, without a word of a new one
  setSchema(line, attribute('custom:level', 'Number'), attribute('custom:motto', 'String'))
  line.sandbox.pool.poison(sub, { attributes })
  const last = await line.run(dataflow)
  expect(last).toMatchObject({
    state: 'succeeded',
    notes: [
      "users: the pool's schema has gained custom:motto. It is in the column custom_motto from this run on.",
      "users: the pool's schema has no custom:city any more. The column custom_city stays, empty from now on; what users still carry is kept in raw_values.",
      "users.custom_level is numeric in the pool's schema again, as it stayed here.",
    ],
  })
  expect(await reader.dependent(columns)).toEqual(before)
})

test('the command line shows what a run found changed, when it ends and in the history of its dataflow', async () => {
  const line = await createLine({ users: 1, groups: 0 })
  await line.startHere()
  await line.createDataflow({ name: 'Shown' })
  await line.command('run', 'Shown', '--wait')
  setSchema(line)
  const ended = await line.command('run', 'Shown', '--wait')
  const [one, all] = await Promise.all([line.command('history', 'Shown'), line.command('history')])
  for (const { stderr } of [ended, one]) expect(stderr).toContain("the pool's schema has no custom:plan any more")
  expect(all.stderr).not.toContain('custom:plan')
})

test('the values of a treated attribute stay treated when the pool loses it', async () => {
  const line = await createLine({ users: 1, groups: 0 })
  await line.startHere()
  setSchema(line, attribute('custom:ssn', 'String'), attribute('custom:pet', 'String'))
  const [user] = [...line.sandbox.users()]
  const attributes = { 'custom:ssn': '078-05-1120', 'custom:pet': 'Rex', 'custom:plan': null }
  line.sandbox.pool.poison(subOf(user ?? {}) ?? '', { attributes })
  const treatments = { users: { custom_ssn: 'drop', custom_pet: 'mask' } } as const
  const users = { source: 'users', purpose: 'All' } as const
  const dataflow = await line.createDataflow({ name: 'Losing', tables: [users], treatments })
  const rows = () => line.db.execute(sql`select custom_ssn, custom_pet, raw_values from losing.users`)
  await line.run(dataflow)
  expect(await rows()).toMatchObject([{ custom_ssn: null, custom_pet: 'R***' }])

  setSchema(line)
  const run = await line.run(dataflow)
  expect(run.notes).toHaveLength(2)
  const [row] = await rows()
  expect(row).toMatchObject({ custom_ssn: null, custom_pet: null, raw_values: { 'custom:pet': 'R***' } })
  expect(JSON.stringify(row)).not.toContain('078')
})
