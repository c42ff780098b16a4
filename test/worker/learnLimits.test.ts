import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { CATEGORY_RATES } from '../../src/cognito/quotas.ts'
import { quotaLimits } from '../../src/db/schema/quotas.ts'
import { createCeilings } from '../../src/quota/ceilings.ts'
import { createLine, type Line } from '../support/line.ts'

const asked = ({ sandbox }: Line) => sandbox.requests.operations.GetProvisionedLimit ?? 0

/** A line on which AWS may be asked for its limits anew. */
async function aLine(): Promise<Line> {
  const line = await createLine({ users: 30, groups: 0, quota: 2 })
  await forget(line)
  await line.startHere()
  return line
}

const forget = ({ db }: Line) => db.update(quotaLimits).set({ readAt: sql`now() - interval '2 hours'` })

async function ceilingOf({ db, sandbox }: Line, category: 'UserList' | 'UserRead') {
  const ceilings = createCeilings(db)
  await ceilings.refresh()
  return ceilings.of({ account: sandbox.accountId, region: sandbox.region, category })
}

test('a run finds out what AWS grants the account, once an hour for all its dataflows', async () => {
  const line = await aLine()
  const [one, other] = [await line.createDataflow({ name: 'One' }), await line.createDataflow({ name: 'Other' })]
  expect(await line.run(one)).toMatchObject({ state: 'succeeded' })
  expect(await ceilingOf(line, 'UserList')).toMatchObject({ rate: 60, live: true })
  expect(await ceilingOf(line, 'UserRead')).toMatchObject({ rate: 240, live: true })
  const once = Object.keys(CATEGORY_RATES).length
  expect(asked(line)).toBe(once)

  expect(await line.run(other)).toMatchObject({ state: 'succeeded' })
  expect(asked(line)).toBe(once)
  await forget(line)
  line.sandbox.tune({ quota: 4 })
  expect(await line.run(other)).toMatchObject({ state: 'succeeded' })
  expect(await ceilingOf(line, 'UserList')).toMatchObject({ rate: 120, live: true })
})

test('a run whose credentials may not ask reads at what AWS documents, and fails for nothing', async () => {
  const line = await aLine()
  const { accessKeyId, secretAccessKey } = line.sandbox.addPrincipal({ denied: ['cognito-idp:GetProvisionedLimit'] })
  const credentials = { kind: 'access-key', accessKeyId, secretAccessKey } as const
  const dataflow = await line.createDataflow({ name: 'Least', credentials })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0, notes: [] })
  expect(asked(line)).toBe(1)
  expect(await ceilingOf(line, 'UserList')).toMatchObject({ rate: 30, live: false })
})
