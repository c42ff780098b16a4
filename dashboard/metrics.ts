import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { lookAtQuotas } from '../src/quota/look.ts'
import { countOpenRuns } from '../src/run/counts.ts'
import { redisAnswers } from './health.ts'
import { quotaMetrics } from './quotaMetrics.ts'
import type { Services } from './services.ts'

/**
 * What Prometheus asks for: the quotas and runs of the whole fleet as Postgres and Redis have them, and this process's own
 * figures. Whichever dashboard is asked says the same of the fleet. While Redis is away what it counts is left out.
 */
export function showMetrics({ db, redis }: Services): RequestHandler {
  let metrics: ReturnType<typeof createMetrics> | undefined
  return async (_request, response) => {
    metrics ??= createMetrics()
    const counted = (await redisAnswers(redis)) ? redis : undefined
    const [quotas, runs] = await Promise.all([lookAtQuotas(db, counted), countOpenRuns(db)])
    metrics.setQuotas(quotas)
    for (const [state, count] of runs) metrics.runs.set({ state }, count)
    response.set('Content-Type', metrics.registry.contentType).send(await metrics.registry.metrics())
  }
}

/** Once somebody asks: watching the event loop takes 0.9 % of a core (measured, prom-client 15.1.3), which idle is all of it. */
function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const runs = new Gauge({
    name: 'poolkeeper_runs',
    help: 'Runs that are under way, and held ones, which wait for a person.',
    labelNames: ['state'],
    registers: [registry],
  })
  return { registry, runs, setQuotas: quotaMetrics(registry) }
}
