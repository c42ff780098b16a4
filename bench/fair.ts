import { setTimeout as pause } from 'node:timers/promises'
import type { Priority } from '../src/db/schema/runs.ts'
import { findRun } from '../src/run/history.ts'
import { requestRun } from '../src/run/request.ts'
import { atMost, type Bench, type Goal, type Outcome, round } from './bench.ts'
import { onStage, type Stage, type StagedDataflow } from './stage.ts'

const SMALL = 600
const TIMES = 5
const LATENCY_MS = 150

/** Until the large import has filled the quota, the queue and the worker. */
const UNDER_WAY_MS = 5_000

interface Large {
  readonly large: string
  readonly users: number
  readonly groups: number
  readonly sources: readonly string[]
  readonly priority: Priority
}

/** None of them ends while it is measured: whether a pool has 100,000 users or five million makes no difference then. */
const LARGE: readonly Large[] = [
  { large: 'nightly, 16 shards', users: 100_000, groups: 0, sources: ['users'], priority: 'nightly' },
  { large: 'ad-hoc, 16 shards', users: 100_000, groups: 0, sources: ['users'], priority: 'ad-hoc' },
  {
    ...{ large: 'ad-hoc, 2,000 groups', users: 100_000, groups: 2_000, priority: 'ad-hoc' },
    sources: ['users', 'groups', 'group_members'],
  },
]

export const fair: Bench = {
  name: 'fair',
  measures: `an ad-hoc run of a pool of ${SMALL} users, alone and beside a large one of the same account at AWS's quota, by one worker`,
  async run(): Promise<Outcome> {
    const rows = []
    const goals: Goal[] = []
    for (const large of LARGE) {
      const measured = await measure(large)
      goals.push(atMost(`seconds that the small run ends later, ${large.large}`, measured.later, 3))
      rows.push({ large: large.large, ...measured })
    }
    return { goals, rows }
  },
}

function measure({ users, groups, sources, priority }: Large) {
  const sandbox = { users, groups, latencyMs: LATENCY_MS, shortPages: 0, emptyPages: 0, beside: SMALL }
  return onStage(sandbox, async (stage) => {
    const small = await stage.createDataflow({ name: 'Small' }, stage.sandbox.beside)
    const tables = sources.map((source) => ({ source, purpose: 'Customer 360' as const }))
    const large = await stage.createDataflow({ name: 'Large', tables })
    await stage.start('worker', 1)
    await stage.start('scheduler', 1)
    const alone = await runSeveralTimes(stage, small)
    const request = { dataflowId: large.id, trigger: 'manual', requestedBy: 'a bench', priority } as const
    const { id } = await requestRun(stage.db, request)
    await underWay(stage, id)
    const beside = await runSeveralTimes(stage, small)
    if ((await findRun(stage.db, id)).state !== 'streaming') throw new Error('the large run ended too early')
    return {
      aloneSeconds: round(median(alone)),
      worstAloneSeconds: round(Math.max(...alone)),
      besideSeconds: round(median(beside)),
      worstBesideSeconds: round(Math.max(...beside)),
      later: round(Math.max(0, Math.max(...beside) - median(alone))),
    }
  })
}

/** @returns how many seconds each took, from the request to its end. */
async function runSeveralTimes(stage: Stage, dataflow: StagedDataflow): Promise<number[]> {
  const seconds: number[] = []
  for (let n = 0; n < TIMES; n++) {
    const began = performance.now()
    const { state } = await stage.ended(await stage.request(dataflow))
    if (state !== 'succeeded') throw new Error(`a small run was ${state}`)
    seconds.push((performance.now() - began) / 1_000)
  }
  return seconds
}

async function underWay({ db }: Stage, run: number): Promise<void> {
  while ((await findRun(db, run)).state !== 'streaming') await pause(100)
  await pause(UNDER_WAY_MS)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
