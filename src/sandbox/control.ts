import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Cloud } from './cloud.ts'
import { faultSchema } from './faults.ts'
import type { Pool } from './pool.ts'
import { wireGroup, wireUser } from './wire.ts'

export interface ControlRequest {
  readonly method: string
  readonly url: URL
  readonly body: string
}

const userChange = z.strictObject({
  username: z.string().optional(),
  attributes: z.record(z.string(), z.string().nullable()).optional(),
  enabled: z.boolean().optional(),
  status: z.string().optional(),
  groups: z.array(z.string()).optional(),
})

const userDeed = z.union([
  z.strictObject({ add: userChange, sub: z.string().optional() }),
  z.strictObject({ change: z.string(), to: userChange }),
  z.strictObject({ delete: z.string() }),
])

const tuning = z.strictObject({ quota: z.number().positive().optional(), latencyMs: z.number().min(0).optional() })

/** What the door opens on, by method and path. Lists come as NDJSON, one object a line. */
const ROUTES: Readonly<Record<string, (cloud: Cloud, request: ControlRequest) => unknown>> = {
  'GET state': (cloud) => state(cloud),
  'POST faults': ({ faults }, { body }) => {
    faults.add(faultSchema.parse(JSON.parse(body)))
    return faults.list()
  },
  'DELETE faults': ({ faults }) => {
    faults.clear()
    return faults.list()
  },
  'GET users': (cloud, { url }) => lines(poolOf(cloud, url).users(), wireUser),
  'GET groups': (cloud, { url }) => {
    const pool = poolOf(cloud, url)
    return lines(pool.groups(), (group) => ({ ...wireGroup(group, pool), Members: subsIn(pool, group.GroupName) }))
  },
  'POST users': (cloud, { url, body }) => changeUsers(poolOf(cloud, url), userDeed.parse(JSON.parse(body))),
  'POST tuning': (cloud, { body }) => {
    tune(cloud, tuning.parse(JSON.parse(body)))
    return state(cloud)
  },
}

/** Answers a request to `/_sandbox/…`, the door for another process, or a person with curl, to look and to make trouble. */
export async function control(cloud: Cloud, request: ControlRequest, response: ServerResponse): Promise<void> {
  const route = ROUTES[`${request.method} ${request.url.pathname.replace('/_sandbox/', '')}`]
  if (!route) return reply(response, 404, { error: 'No such door.', doors: Object.keys(ROUTES) })
  try {
    const result = route(cloud, request)
    if (!(result instanceof Readable)) return reply(response, 200, result)
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    await pipeline(result, response)
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError)) throw error
    reply(response, 400, { error: error instanceof z.ZodError ? z.prettifyError(error) : error.message })
  }
}

/** Changes what can change while the sandbox runs. */
export function tune(cloud: Cloud, { quota, latencyMs }: z.infer<typeof tuning>): void {
  if (quota !== undefined) cloud.quota.multiplier = quota
  if (latencyMs !== undefined) cloud.latency.meanMs = latencyMs
}

function state({ pools, requests, billedUsers, faults, quota, latency }: Cloud) {
  return {
    pools: [...pools.values()].map(({ id, region, size }) => ({ id, region, users: size })),
    requests,
    billedUsers: billedUsers.size,
    faults: faults.list(),
    quota: quota.multiplier,
    latencyMs: latency.meanMs,
  }
}

function changeUsers(pool: Pool, deed: z.infer<typeof userDeed>) {
  if ('add' in deed) return wireUser(pool.addUser(deed.add, deed.sub))
  if ('change' in deed) return wireUser(pool.changeUser(deed.change, deed.to))
  pool.deleteUser(deed.delete)
  return { deleted: deed.delete }
}

/** The pool that `?pool=` names, or the first. */
function poolOf({ pools }: Cloud, url: URL): Pool {
  const id = url.searchParams.get('pool')
  const pool = id === null ? pools.values().next().value : pools.get(id)
  if (!pool) throw new RangeError(`there is no pool ${id}`)
  return pool
}

const subsIn = (pool: Pool, group: string) =>
  Array.from(pool.members(group), ({ Attributes }) => Attributes.find(({ Name }) => Name === 'sub')?.Value)

function lines<T>(items: Iterable<T>, toWire: (item: T) => object): Readable {
  return Readable.from(
    (function* () {
      for (const item of items) yield `${JSON.stringify(toWire(item))}\n`
    })(),
  )
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value, null, 2)}\n`)
}
