import { expect, test } from 'vitest'
import { commandHere } from '../support/commandHere.ts'
import { createLine } from '../support/line.ts'
import { aRun } from '../support/runs.ts'

test('a run that is asked for comes before nightly ones, unless it is said to be one', async () => {
  const line = await createLine({ users: 0 })
  for (const name of ['One', 'Other', 'Third']) await line.createDataflow({ name })
  const asked = await commandHere(['run', 'One', '--json'], line.env)
  expect(JSON.parse(asked.stdout)).toMatchObject({ state: 'queued', priority: 'ad-hoc' })
  const nightly = await commandHere(['run', 'Other', '--priority', 'nightly', '--json'], line.env)
  expect(JSON.parse(nightly.stdout)).toMatchObject({ state: 'queued', priority: 'nightly', onlyTables: null })
  const { stderr } = await commandHere(['run', 'Third'], line.env)
  expect(stderr).toMatch(/Third, run \d+: queued, waiting for the queue\. Follow it with/)
  const wrong = await commandHere(['run', 'Other', '--priority', 'high'], line.env)
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('Allowed choices are ad-hoc, nightly')
})

test('a run may be asked to read some of the tables, and says so of one that there is not', async () => {
  const line = await createLine({ users: 0 })
  await line.createDataflow({ name: 'One' })
  const wrong = await commandHere(['run', 'One', '--table', 'user'], line.env)
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/One does not import user\. It imports users, /),
  })
  const some = await commandHere(['run', 'One', '--table', 'users', '--table', 'groups', '--json'], line.env)
  expect(JSON.parse(some.stdout)).toMatchObject({ state: 'queued', onlyTables: ['users', 'groups'] })
})

test('a run and history tell how long its requests waited for their quota, where that is worth a word', async () => {
  const line = await createLine({ users: 0, groups: 0 })
  const dataflow = await line.createDataflow({ name: 'One' })
  await aRun(line.db, dataflow, 'succeeded', { requests: 1_234, throttled: 2, waitedMs: 125_400 })
  await aRun(line.db, dataflow, 'succeeded', { requests: 56, waitedMs: 900 })
  const { stderr } = await commandHere(['history', 'One'], line.env)
  expect(stderr).toMatch(/ 1,234 /)
  expect(stderr).toContain('(2 throttled)')
  expect(stderr).toContain('waited 2 min 5 s for their quota')
  expect(stderr).toMatch(/ 56 /)
  expect(stderr.match(/waited/g)).toHaveLength(1)
})

test('a run that was followed to its end says in its last lines how long it waited', async () => {
  const line = await createLine({ users: 2_000, groups: 0 })
  await line.startHere()
  await line.createDataflow({ name: 'One' })
  const { code, stderr } = await commandHere(['run', 'One', '--wait'], line.env)
  expect(code).toBe(0)
  expect(stderr).toMatch(/requests, 0 throttled, 0 warnings\nThe requests waited \d+ (s|min).* for their quota, all of/)
})
