import { HttpError } from '../../httpError.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { change, type Visit } from '../../visit.ts'

interface Decision {
  readonly verb: 'cancel' | 'approve' | 'discard' | 'retry'
  /** Does it. @returns the run that is looked at then, and what is said of it there */
  readonly decide: (visit: Visit, run: number) => Promise<{ readonly run: number; readonly notice: string }>
}

const DECISIONS: readonly Decision[] = [
  {
    verb: 'cancel',
    decide: async ({ perform }, run) => {
      await perform('cancelRun', { run })
      return { run, notice: `Run ${run} is cancelled; its workers stop within seconds.` }
    },
  },
  {
    verb: 'approve',
    decide: async ({ perform }, run) => {
      const { dataflow } = await perform('approveRun', { run })
      return { run, notice: `Run ${run} is published: readers of ${dataflow} see it now.` }
    },
  },
  {
    verb: 'discard',
    decide: async ({ perform }, run) => {
      await perform('discardRun', { run })
      return { run, notice: `Run ${run} is discarded.` }
    },
  },
  { verb: 'retry', decide: retry },
]

async function retry({ perform }: Visit, run: number) {
  const { run: next, state, continues } = await perform('retryRun', { run })
  if (state === 'skipped') return { run: next, notice: 'The dataflow is running already.' }
  const how = continues === null ? 'reads everything anew' : `goes on from where run ${run} stopped`
  return { run: next, notice: `Run ${next} ${how}.` }
}

/** What a person decides about a run, by a form each. */
export function decisionRoutes(services: Services): readonly Route[] {
  return DECISIONS.map(({ verb, decide }) => ({
    method: 'post',
    path: `/runs/:id/${verb}`,
    handlers: change(services, async (visit) => {
      const { run, notice } = await decide(visit, runOf(visit))
      return { goTo: `/runs/${run}`, notice }
    }),
  }))
}

/** The run that an address names. At most 15 digits: what Postgres and JavaScript both hold exactly. */
export function runOf({ params: { id = '' } }: Visit): number {
  if (!/^[1-9][0-9]{0,14}$/.test(id)) throw new HttpError(404, 'A run is named by its number.')
  return Number(id)
}
