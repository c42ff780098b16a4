import type { Call, Output } from '../api/contract.ts'
import { type OperationName, ROUTES, type Route } from '../api/routes.ts'
import { type Calls, dataflowCalls, runCalls } from './calls.ts'
import { fileIn } from './file.ts'
import type { Item, ListName, Page } from './list.ts'
import { type Fields, requestOf } from './request.ts'
import { type Server, send } from './send.ts'
import { type Moment, type Run, watchRun } from './watch.ts'

export { PoolkeeperApiError } from './errors.ts'
export type { Call, Moment, OperationName, Output, Run }

export interface ClientOptions {
  /** Where the dashboard is: `https://poolkeeper.example.com`. */
  readonly url: string
  /** Made by `poolkeeper token create`. */
  readonly token: string
  /** In place of Node's own, for a proxy or a test. */
  readonly fetch?: typeof fetch
}

export interface CallOptions {
  /** Ends the call with its reason. */
  readonly signal?: AbortSignal
}

export interface WaitOptions extends CallOptions {
  /** Told how the run stands, at once and whenever that changes. */
  readonly onProgress?: (moment: Moment) => void
}

/** What a run is requested with: tables, priority, `dryRun`. */
export type RunOptions = NonNullable<Call<'requestRun'>['body']> & {
  /** Default: one of its own for each request. The same key gives the same run, for 24 hours. */
  readonly idempotencyKey?: string
}

/** A run that was requested: the run as it was accepted, or, waited for, as it ended. */
export type RequestedRun = Promise<Run> & {
  /** Follows the run to its end, whatever that is: see its `state`. */
  wait(options?: WaitOptions): Promise<Run>
}

export type PoolkeeperClient = ReturnType<typeof createClient>

/**
 * Poolkeeper's API, typed by the same schemas that check it. Whatever fails throws a `PoolkeeperApiError`; what passes by
 * itself has been waited out by then.
 */
export function createClient({ url, token, fetch = globalThis.fetch }: ClientOptions) {
  if (!/^https?:$/.test(new URL(url).protocol)) throw new TypeError(`${url} is no address of a server`)
  const server: Server = { url, token, fetch }

  /** Any operation of the API by its name; everything that it takes side by side, its body under `body`. */
  async function call<Name extends OperationName>(
    name: Name,
    input: Call<Name>,
    options: CallOptions = {},
  ): Promise<Output<Name>> {
    return (await answer(server, name, input, options)) as Output<Name>
  }

  /** Every item of a list, page by page as they are asked for. */
  async function* each<Name extends ListName>(
    name: Name,
    input: Call<Name>,
    options: CallOptions = {},
  ): AsyncGenerator<Item<Name>> {
    let cursor: string | null | undefined
    do {
      const page = (await answer(server, name, { ...input, cursor }, options)) as Page<Item<Name>>
      yield* page.items
      cursor = page.next
    } while (cursor)
  }

  const calls: Calls = { call, each }
  const runs = { ...runCalls(calls), wait }

  /** Follows a run to its end, whatever that is: see its `state`. */
  async function wait(run: number, { onProgress, ...options }: WaitOptions = {}): Promise<Run> {
    let last: Run | undefined
    for await (const { data } of watchRun(server, { run }, options)) {
      onProgress?.(data)
      last = data.run
    }
    return last ?? call('showRun', { run }, options)
  }

  /** Requests a run, once, however often the request has to be sent. */
  function run(name: string, { idempotencyKey = crypto.randomUUID(), ...body }: RunOptions = {}): RequestedRun {
    const requested = call('requestRun', { name, idempotencyKey, body })
    return Object.assign(requested, { wait: async (options?: WaitOptions) => wait((await requested).run, options) })
  }

  return { call, each, run, runs, dataflows: dataflowCalls(calls) }
}

async function answer(server: Server, name: OperationName, input: Fields, options: CallOptions): Promise<unknown> {
  const { streams }: Route = ROUTES[name]
  if (streams === 'events') return watchRun(server, input as Call<'watchRun'>, options)
  const response = await send(server, requestOf(server.url, name, input), options)
  if (streams === 'text') return fileIn(response)
  return response.status === 204 ? undefined : response.json()
}
