import type { Request, Response } from 'express'
import { mayAct, type Needs } from '../src/access/caller.ts'
import { countDataflows } from '../src/dataflow/dataflow.ts'
import type { Role } from '../src/db/role.ts'
import type { Fleet } from '../src/queue/fleet.ts'
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
  readonly postgresWell: boolean
  /** Who does the work; undefined while Redis, where they are seen, can't be asked. */
  readonly fleet: Fleet | undefined
  /** How many dataflows there are for them; undefined on a page about an error. */
  readonly dataflows: number | undefined
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
export async function surroundings(services: Services, request: Request, response: Response): Promise<Surroundings> {
  const dataflows = await countDataflows(services.db, callerOf(response).dataflows)
  return { ...surroundingsInTrouble(services, request, response), dataflows }
}

/** The same for a page about an error: nothing of it waits for a server, since that may be the trouble. */
export function surroundingsInTrouble({ redis, fleet }: Services, request: Request, response: Response): Surroundings {
  const { name, role, dataflows } = callerOf(response)
  return {
    now: new Date(),
    zone: zoneOf(request),
    address: request.originalUrl,
    redisWell: redis.status === 'ready',
    // it has just told who this is
    postgresWell: true,
    fleet: fleet.seen(),
    dataflows: undefined,
    ...{ name, role },
    limited: dataflows !== null,
    seesQueues: mayAct(role, SEE_QUEUES.role) && dataflows === null,
    notice: takeNotice(request, response),
    csrf: csrfTokenFor(request, response),
  }
}
