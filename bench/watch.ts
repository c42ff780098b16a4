import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Stage } from './stage.ts'

/** What there was to see at one moment of a run. */
export interface Sample {
  /** Seconds since the watch began. */
  readonly at: number
  /** ListUsers that the sandbox has answered, and requests that it has throttled. */
  readonly listed: number
  readonly throttled: number
  /** Rows that are staged. */
  readonly rows: number
}

const EVERY_MS = 100

/** Looks at the sandbox and at the checkpoints, several times a second, until the run has ended. */
export async function watchRun(stage: Stage, run: number): Promise<Sample[]> {
  const began = performance.now()
  const samples: Sample[] = []
  let over = false
  const ended = stage.ended(run).finally(() => {
    over = true
  })
  while (!over) {
    samples.push({ at: (performance.now() - began) / 1_000, ...(await look(stage)) })
    await pause(EVERY_MS)
  }
  await ended
  samples.push({ at: (performance.now() - began) / 1_000, ...(await look(stage)) })
  return samples
}

interface SandboxState {
  readonly requests: { readonly throttled: number; readonly operations: Readonly<Record<string, number>> }
}

/** What all runs of a stage have asked for and staged until now. */
export async function look({ db, sandbox }: Stage): Promise<Omit<Sample, 'at'>> {
  const [state, [staged]] = await Promise.all([
    fetch(`${sandbox.endpoint}/_sandbox/state`).then((answer) => answer.json() as Promise<SandboxState>),
    db.execute<{ rows: number }>(
      sql`select coalesce(sum(rows), 0)::bigint as rows from poolkeeper.tasks where kind = 'stream'`,
    ),
  ])
  const { throttled, operations } = state.requests
  return { listed: (operations.ListUsers ?? 0) - throttled, throttled, rows: Number(staged?.rows ?? 0) }
}

/** The part of a run from a while after its first page to its last one. */
export function steadyPart(samples: readonly Sample[], afterSeconds: number): { from: Sample; to: Sample } {
  const first = samples.findIndex(({ listed }) => listed > 0)
  const began = samples[first]?.at ?? 0
  const from = samples.find(({ at }) => at >= began + afterSeconds)
  const last = samples.at(-1)
  const to = samples.find(({ rows }) => rows === last?.rows)
  if (!from || !to || to.at <= from.at) throw new Error('the run was too short to be measured')
  return { from, to }
}
