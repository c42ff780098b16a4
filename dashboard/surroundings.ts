import type { Request, Response } from 'express'
import { mayAct, type Needs } from '../src/access/caller.ts'
import { callerOf } from './caller.ts'
import { csrfTokenFor } from './csrf.ts'
import type { Surroundings } from './pages/layout.tsx'
import type { Services } from './services.ts'

/** What it takes to look at the queues: jobs of all dataflows stand in them side by side. */
export const SEE_QUEUES: Needs = { role: 'operator', everything: true }

/** What a page behind the sign-in shows around what it is about. */
export function surroundings({ redis }: Services, request: Request, response: Response): Surroundings {
  const { name, role, dataflows } = callerOf(response)
  return {
    now: new Date(),
    redisWell: redis.status === 'ready',
    ...{ name, role },
    seesQueues: mayAct(role, SEE_QUEUES.role) && dataflows === null,
    csrf: csrfTokenFor(request, response),
  }
}
