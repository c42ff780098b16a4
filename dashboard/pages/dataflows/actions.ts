import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { change, type Visit } from '../../visit.ts'

/** What a dataflow's menu does: run it, pause its schedule and take that up again. */
export function actionRoutes(services: Services): readonly Route[] {
  const route = (verb: string, make: Parameters<typeof change>[1]): Route => ({
    method: 'post',
    path: `/dataflows/:name/${verb}`,
    handlers: change(services, make),
  })
  return [route('run', run), route('pause', pause), route('resume', resume)]
}

async function run({ params: { name = '' }, perform }: Visit) {
  const { run, state, dataflow } = await perform('requestRun', { name, body: {} })
  if (state === 'skipped') return { goTo: `/runs/${run}`, notice: `${dataflow} is running already.` }
  return { goTo: `/runs/${run}`, notice: `Run ${run} of ${dataflow} is requested.` }
}

async function pause({ params: { name = '' }, caller, perform }: Visit) {
  const body = { paused: true, pauseReason: `by ${caller.name}` }
  const paused = await perform('editDataflow', { name, body })
  return { goTo: `/dataflows/${paused.name}`, notice: `The schedule of ${paused.name} is paused.` }
}

async function resume({ params: { name = '' }, perform }: Visit) {
  const resumed = await perform('editDataflow', { name, body: { paused: false } })
  return { goTo: `/dataflows/${resumed.name}`, notice: `The schedule of ${resumed.name} goes on at its next slot.` }
}
