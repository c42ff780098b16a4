import { eq } from 'drizzle-orm'
import { expect, onTestFinished, test } from 'vitest'
import { createGovernor } from '../../src/cognito/governor.ts'
import { dataflows } from '../../src/db/schema/dataflows.ts'
import { runs } from '../../src/db/schema/runs.ts'
import { createPools } from '../../src/worker/pools.ts'
import { createLine } from '../support/line.ts'

test('a run that has been planned reads on in its own pool, and the next one in the pool of the edit', async () => {
  const line = await createLine({ users: 10 })
  const dataflow = await line.createDataflow({ name: 'Moved' })
  const id = await line.request(dataflow)
  const [run] = await line.db.update(runs).set({ poolId: dataflow.poolId }).where(eq(runs.id, id)).returning()
  if (!run) throw new TypeError('a requested run has a row')
  await line.db.update(dataflows).set({ poolId: 'eu-west-1_Another1', region: 'eu-west-1' })
  const open = async (poolId: string | null) => {
    // as another process opens it
    const pools = createPools(line.db, line.keys, createGovernor(undefined))
    onTestFinished(() => pools.closeAll())
    return pools.open({ ...run, poolId })
  }
  const { poolId, region } = dataflow
  expect((await open(poolId)).pool).toMatchObject({ poolId, region })
  expect((await open(null)).pool).toMatchObject({ poolId: 'eu-west-1_Another1', region: 'eu-west-1' })
})
