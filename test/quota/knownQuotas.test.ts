import { beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { knownQuotas } from '../../src/quota/knownQuotas.ts'
import { createTestDatabase } from '../support/database.ts'
import { aBareDataflow } from '../support/dataflows.ts'
import { aRun } from '../support/runs.ts'

const [ACCOUNT, OTHER] = ['123456789012', '999999999999']

let db: Database

beforeEach(async () => {
  db = (await createTestDatabase()).db
})

/** A dataflow whose runs have found out these accounts and pools, one after the other. */
async function read(runs: { accountId: string | null; poolId: string }[], sources = ['users']): Promise<void> {
  const dataflow = await aBareDataflow(db, { tables: sources.map((source) => ({ source, purpose: 'All' as const })) })
  for (const run of runs) await aRun(db, dataflow, 'succeeded', run)
}

const known = async () => (await knownQuotas(db)).map(({ account, region, category }) => [account, region, category])

describe('the quotas that are drawn on', () => {
  test('are those of the accounts and Regions that runs have found out, by what their dataflows read', async () => {
    await read([{ accountId: OTHER, poolId: 'us-east-1_A' }])
    await read([{ accountId: ACCOUNT, poolId: 'us-gov-west-1_A' }], ['user_mfa', 'groups'])
    await read([{ accountId: ACCOUNT, poolId: 'eu-central-1_A' }])
    await read([{ accountId: ACCOUNT, poolId: 'eu-central-1_B' }])
    expect(await known()).toEqual([
      [ACCOUNT, 'eu-central-1', 'UserPoolRead'],
      [ACCOUNT, 'eu-central-1', 'UserList'],
      [ACCOUNT, 'us-gov-west-1', 'UserPoolRead'],
      [ACCOUNT, 'us-gov-west-1', 'UserPoolResourceRead'],
      [ACCOUNT, 'us-gov-west-1', 'UserRead'],
      [OTHER, 'us-east-1', 'UserPoolRead'],
      [OTHER, 'us-east-1', 'UserList'],
    ])
  })

  test('are those of the account that was found out last', async () => {
    const poolId = 'us-east-1_A'
    await read([
      { accountId: OTHER, poolId },
      { accountId: ACCOUNT, poolId },
      { accountId: null, poolId },
      { accountId: '', poolId },
    ])
    expect(await known()).toEqual([
      [ACCOUNT, 'us-east-1', 'UserPoolRead'],
      [ACCOUNT, 'us-east-1', 'UserList'],
    ])
  })

  test('are none of a dataflow that was removed or never planned', async () => {
    await read([])
    const gone = await aBareDataflow(db, { removedAt: new Date() })
    await aRun(db, gone, 'succeeded', { accountId: ACCOUNT, poolId: 'us-east-1_A' })
    expect(await known()).toEqual([])
  })
})
