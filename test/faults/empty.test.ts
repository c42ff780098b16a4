import { expect, test } from 'vitest'
import { createLine } from '../support/line.ts'
import { expectExactlyOnce } from '../support/watching.ts'
import { watchPublished } from './watch.ts'

test('a pool of 0 users and 0 groups is imported once, and its views are there to be read', async () => {
  const line = await createLine({ users: 0, groups: 0, emptyPages: 0 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Empty' })
  const watch = watchPublished(line, 'empty')
  const run = await line.run(dataflow)
  expect(run).toMatchObject({ state: 'succeeded', cause: null, warnings: 0 })
  expect(run.tables).toEqual(
    ['group_members', 'groups', 'users'].map((table) => ({ table, rows: 0, added: 0, removed: 0, changed: 0 })),
  )
  await expectExactlyOnce(line, 'empty')
  expect((await watch.stop()).seen).toHaveLength(1)
})
