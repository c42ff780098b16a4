import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { requestRun } from '../../src/run/request.ts'
import { createLine, type Line } from '../support/line.ts'

const DRY = { dryRun: true, trigger: 'manual', requestedBy: 'a test' } as const

async function dryRun(line: Line, dataflow: { id: number }) {
  const { id } = await requestRun(line.db, { dataflowId: dataflow.id, ...DRY })
  return line.ended(id)
}

test('a dry run reads everything, says what would come of it, and leaves what readers see', async () => {
  const line = await createLine({ users: 40, groups: 3 })
  const dataflow = await line.createDataflow({ name: 'Tried' })
  await line.startHere()

  const first = await dryRun(line, dataflow)
  expect(first).toMatchObject({ state: 'succeeded', cause: null, dryRun: true, snapshot: null })
  expect(first.description).toBe('A dry run: nothing was published. A real run would have been published.')
  expect(first.tables).toContainEqual({ table: 'users', rows: 40, added: 40, removed: 0, changed: 0 })
  expect(await line.db.execute(sql`select * from tried.users`)).toEqual([])
  expect(await line.db.execute(sql`select * from poolkeeper.publications`)).toEqual([])
  expect(await line.db.execute(sql`select state from poolkeeper.snapshots`)).toEqual([{ state: 'dropping' }])
})

test('a dry run says that the guard would hold the import, and leaves the run that is held to whoever decides', async () => {
  const line = await createLine({ users: 60, groups: 0 })
  const dataflow = await line.createDataflow({ name: 'Tried', tables: [{ source: 'users', purpose: 'All' }] })
  await line.startHere()
  await line.run(dataflow)
  for (const { Username } of [...line.sandbox.users()].slice(0, 40)) line.sandbox.deleteUser(Username)
  const held = await line.run(dataflow)
  expect(held.state).toBe('held')

  const dry = await dryRun(line, dataflow)
  expect(dry).toMatchObject({ state: 'succeeded', tables: [{ table: 'users', rows: 20, removed: 40 }] })
  expect(dry.description).toMatch(/^A dry run: nothing was published\. A real run would be held: It would remove 40 /)
  expect(await line.db.execute(sql`select state from poolkeeper.runs where id = ${held.run}`)).toEqual([
    { state: 'held' },
  ])
  expect(await line.db.execute(sql`select count(*) as rows from tried.users`)).toEqual([{ rows: 60 }])
})

test('the command asks for one by --dry-run', async () => {
  const line = await createLine({ users: 5, groups: 0 })
  await line.createDataflow({ name: 'Tried' })
  await line.startHere()
  const { code, stdout } = await line.command('run', 'Tried', '--dry-run', '--wait', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded', dryRun: true, snapshot: null })
})
