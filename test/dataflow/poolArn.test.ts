import { expect, test } from 'vitest'
import { poolArn } from '../../src/dataflow/poolArn.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { createTestDatabase } from '../support/database.ts'
import { aDataflow } from '../support/dataflows.ts'

const POOL = { poolId: 'eu-central-1_AbCdEf123', region: 'eu-central-1', credentials: { kind: 'ambient' } } as const

test("a pool's account is any until a run has found it out, and nobody's once the dataflow has another pool", async () => {
  const { db } = await createTestDatabase()
  const { id } = await aDataflow(db)
  const arn = (poolId: string = POOL.poolId) => poolArn(db, { ...POOL, id, poolId })
  expect(await arn()).toBe('arn:aws:cognito-idp:eu-central-1:*:userpool/eu-central-1_AbCdEf123')

  const run = { dataflowId: id, trigger: 'manual', requestedBy: 'a test' } as const
  await db.insert(runs).values({ ...run, poolId: POOL.poolId, accountId: '123456789012' })
  expect(await arn()).toBe('arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEf123')
  expect(await arn('eu-central-1_Other')).toBe('arn:aws:cognito-idp:eu-central-1:*:userpool/eu-central-1_Other')
})

test.each([
  ['cn-north-1', 'arn:aws-cn:cognito-idp:cn-north-1:123456789012:userpool/cn-north-1_A'],
  ['us-gov-west-1', 'arn:aws-us-gov:cognito-idp:us-gov-west-1:123456789012:userpool/us-gov-west-1_A'],
])("in %s it is the role's account and that Region's partition", async (region, arn) => {
  const { db } = await createTestDatabase()
  const credentials = { kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/reader', externalId: 'x' } as const
  expect(await poolArn(db, { id: 1, poolId: `${region}_A`, region, credentials })).toBe(arn)
})
