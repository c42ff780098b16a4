import type { Request, Response } from 'express'
import { mayAct, type Needs } from '../src/access/caller.ts'
import type { Role } from '../src/db/role.ts'
import { callerOf } from './caller.ts'
import { csrfTokenFor } from './csrf.ts'
import { type Notice, takeNotice } from './notice.ts'
import type { Services } from './services.ts'
import { zoneOf } from './zone.ts'

/** What every page behind the sign-in is given. */
export interface Surroundings {
  readonly now: Date
  /** The time zone of whoever looks: an IANA name. */
  readonly zone: string
  /** The address of the page itself, with what was filtered by. */
  readonly address: string
  readonly redisWell: boolean
  /** Who looks. */
  readonly name: string
  readonly role: Role
  /** Whether they are limited to some dataflows. */
  readonly limited: boolean
  readonly seesQueues: boolean
  /** What was done just now, or could not be. */
  readonly notice: Notice | undefined
  /** What forms carry; undefined for who came without a session. */
  readonly csrf: string | undefined
}

/** What it takes to look at the queues: jobs of all dataflows stand in them side by side. */
export const SEE_QUEUES: Needs = { role: 'operator', everything: true }

/** What a page behind the sign-in shows around what it is about. */
export function surroundings({ redis }: Services, request: Request, response: Response): Surroundings {
  const { name, role, dataflows } = callerOf(response)
  return {
    now: new Date(),
    zone: zoneOf(request),
    address: request.originalUrl,
    redisWell: redis.status === 'ready',
    ...{ name, role },
    limited: dataflows !== null,
    seesQueues: mayAct(role, SEE_QUEUES.role) && dataflows === null,
    notice: takeNotice(request, response),
    csrf: csrfTokenFor(request, response),
  }
}
