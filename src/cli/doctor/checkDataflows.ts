import { faultsAmong } from '../../cognito/connect.ts'
import { type Dataflow, listDataflows } from '../../dataflow/dataflow.ts'
import { type PoolContext, testConnection } from '../../operations/pool.ts'
import { type Check, checked } from './check.ts'
import type { Reading } from './checkClocks.ts'

/** For one dataflow: four requests, each of them twice if need be. */
const PATIENCE_MS = 12_000

/** For all of them together: a doctor who takes longer is not waited for. */
const PATIENCE_IN_ALL_MS = 60_000

/** Runs under way need the quota more. */
const AT_A_TIME = 4

/** What Cognito says to each dataflow, and by the way what AWS's clock says. */
export interface DataflowChecks {
  readonly checks: readonly Check[]
  readonly clock: Reading | undefined
}

/** Every dataflow: whether Cognito lets it in, as `poolkeeper connect` finds out. */
export async function checkDataflows(context: PoolContext): Promise<DataflowChecks> {
  const waiting = await listDataflows(context.db)
  const readings: Reading[] = []
  const checks: Check[] = []
  const deadline = Date.now() + PATIENCE_IN_ALL_MS
  const checkSome = async () => {
    for (let dataflow = waiting.shift(); dataflow; dataflow = waiting.shift()) {
      if (Date.now() > deadline) checks.push(leftOut(dataflow))
      else checks.push(...(await checkDataflow(context, dataflow, readings)))
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, checkSome))
  return { checks: checks.toSorted((a, b) => a.check.localeCompare(b.check)), clock: readings[0] }
}

function checkDataflow(context: PoolContext, dataflow: Dataflow, readings: Reading[]): Promise<Check[]> {
  const check = dataflow.name
  const look = async (signal: AbortSignal): Promise<Check[]> => {
    const { pool, checks, clockAheadMs } = await testConnection(context, dataflow, signal)
    if (clockAheadMs !== undefined) readings.push({ whose: 'AWS', aheadMs: clockAheadMs })
    const faults = faultsAmong(checks).map(({ description }) => description)
    if (faults.length > 0) return [{ check, status: 'failed', detail: faults.join(' ') }]
    const detail = `Cognito lets it read ${pool?.name} (${pool?.poolId}), about ${pool?.estimatedUsers.toLocaleString('en')} users`
    return [{ check, status: 'ok', detail }]
  }
  const silence = `Check this machine's network and proxy; \`poolkeeper connect ${check}\` waits for longer.`
  return checked(check, look, { patienceMs: PATIENCE_MS, silence })
}

function leftOut({ name }: Dataflow): Check {
  const detail = `Not looked at: the others took too long. Try \`poolkeeper connect ${name}\`.`
  return { check: name, status: 'warning', detail }
}
