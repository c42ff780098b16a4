import type { Output } from '../../../src/api/contract.ts'
import { AskError } from '../../../src/errors.ts'
import type { Done, Visit } from '../../visit.ts'
import type { Snapshot } from './dataflowPage.tsx'
import type { Compared } from './effect.tsx'
import { heldRun } from './heldRun.tsx'
import { RollbackPage } from './rollbackPage.tsx'

/** The page; after a problem, on what was chosen, with what is published by now. */
export async function showRollback(visit: Visit, problem?: AskError) {
  const { perform, params, around, query, form } = visit
  const dataflow = await perform('showDataflow', { name: params.name ?? '' })
  const { items: snapshots } = await perform('listSnapshots', { name: dataflow.name })
  const chosen = choose(snapshots, Number(problem ? form.to : query.to))
  const compared = chosen && query.compared === 'true' ? await compare(visit, snapshots, chosen) : undefined
  const held = await heldRun(perform, snapshots)
  return <RollbackPage {...{ dataflow, snapshots, held, chosen, compared, problem, around }} />
}

/** The one that is asked for, else the one before what readers see, else one after it. */
function choose(snapshots: readonly Snapshot[], wanted: number): Snapshot | undefined {
  const others = snapshots.filter(({ state, published }) => state === 'kept' && !published)
  const seen = snapshots.find(({ published }) => published)
  return others.find(({ run }) => run === wanted) ?? others.find(({ run }) => run < (seen?.run ?? 0)) ?? others.at(-1)
}

/** What can't be compared now, because too many are at it, is said in its place. */
async function compare(
  { perform, params: { name = '' } }: Visit,
  snapshots: readonly Snapshot[],
  chosen: Snapshot,
): Promise<Compared | undefined> {
  const seen = snapshots.find(({ published }) => published)
  if (!seen) return undefined
  try {
    return await perform('diffSnapshots', { name, from: seen.run, to: chosen.run })
  } catch (error) {
    if (error instanceof AskError) return error
    throw error
  }
}

/** Checked again: whoever has seen another snapshot published looks again. */
export async function rollBack({ perform, params: { name = '' }, form }: Visit): Promise<Done> {
  const body = { from: String(form.from), to: String(form.to), keepSchedule: form.pause !== 'true' }
  const rolled = await perform('rollback', { name, body })
  return { goTo: `/dataflows/${rolled.dataflow}`, notice: noticeOf(rolled) }
}

function noticeOf({ dataflow, to, schedulePaused }: Output<'rollback'>): string {
  const shown = `Readers of ${dataflow} see run ${to} now.`
  return schedulePaused ? `${shown} Its schedule is paused.` : shown
}
