import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createLine, type Line } from '../support/line.ts'
import { expectExact } from '../support/watching.ts'

test('a pool with more groups than users is asked user by user, and is exact', async () => {
  const line = await createLine({ users: 30, groups: 300, shortPages: 0, emptyPages: 0, seed: 41 })
  await line.startHere()
  const run = await line.run(await line.createDataflow({ name: 'ManyGroups' }))
  expect(run).toMatchObject({ state: 'succeeded', warnings: 0 })
  expect(line.sandbox.requests.operations.AdminListGroupsForUser).toBe(30)
  expect(line.sandbox.requests.operations.ListUsersInGroup ?? 0).toBeLessThanOrEqual(60)
  expect(await memberStreams(line)).toContain('group_members · by user')
  await expectExact(line, 'manygroups')
})

test('a pool of the usual shape is asked group by group', async () => {
  const line = await createLine({ users: 300, groups: 12, seed: 42 })
  await line.startHere()
  expect(await line.run(await line.createDataflow({ name: 'Usual' }))).toMatchObject({ state: 'succeeded' })
  expect(line.sandbox.requests.operations.AdminListGroupsForUser).toBeUndefined()
  expect(await memberStreams(line)).toHaveLength(12)
  await expectExact(line, 'usual')
})

async function memberStreams({ db }: Line): Promise<unknown[]> {
  const rows = await db.execute(sql`select label from poolkeeper.tasks
    where stream->>'source' = 'group_members' and state = 'done'`)
  return rows.map(({ label }) => label)
}
