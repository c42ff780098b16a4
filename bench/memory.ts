import { atMost, type Bench, type Outcome, round } from './bench.ts'
import { usageOf } from './processes.ts'
import { NO_QUOTA, onStage } from './stage.ts'

const SIZES = [10_000, 100_000, 1_000_000]

export const memory: Bench = {
  name: 'memory',
  measures: 'the most memory that a worker takes for a pool, from start to published',
  run: () => memoryAt(...SIZES),
}

export async function memoryAt(...sizes: readonly number[]): Promise<Outcome> {
  const rows = []
  for (const users of sizes) rows.push({ users, peakMB: round(await peakAt(users)) })
  const peaks = rows.map(({ peakMB }) => peakMB)
  return {
    goals: [
      ...rows.map(({ users, peakMB }) => atMost(`MB for ${users.toLocaleString('en')} users`, peakMB, 200)),
      atMost('the largest pool ÷ the smallest', (peaks.at(-1) ?? 0) / (peaks[0] ?? 0), 1.25),
    ],
    rows,
  }
}

/** Of a worker of its own, so that no pool stands on what another has left. */
function peakAt(users: number): Promise<number> {
  return onStage({ users, quota: NO_QUOTA }, async (stage) => {
    const [worker] = await stage.start('worker', 1)
    await stage.start('scheduler', 1)
    await stage.succeeded(await stage.request(await stage.createDataflow({ name: 'Memory' })))
    return (await usageOf(worker?.pid ?? 0)).peakMB
  })
}
