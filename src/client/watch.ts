import { setTimeout as pause } from 'node:timers/promises'
import type { Call, Output } from '../api/contract.ts'
import { eventsIn } from './events.ts'
import { requestOf } from './request.ts'
import { type SendOptions, type Server, send } from './send.ts'

export type Run = Output<'showRun'>

type Event = Output<'watchRun'> extends AsyncIterable<infer Event> ? Event : never

/** How a run stands, and how far it is. */
export type Moment = Event['data']

/** A server that is away for so long, four minutes and more, is not waited for any longer. */
const ATTEMPTS = 30

/** Connections in a row on which nothing came. */
const MUTE = 2

const BEFORE_RECONNECTING_MS = 500

/**
 * The events of a run, up to its end. A connection that is lost is taken up again where it was; where something in between
 * lets no events through, the run is asked for now and then instead.
 * @throws PoolkeeperApiError; the signal's reason once it is aborted
 */
export async function* watchRun(server: Server, call: Call<'watchRun'>, options: SendOptions): AsyncGenerator<Event> {
  const patient = { ...options, attempts: ATTEMPTS }
  let lastEventId = call.lastEventId
  for (let mute = 1; mute <= MUTE; mute++) {
    const response = await send(server, requestOf(server.url, 'watchRun', { ...call, lastEventId }), patient)
    try {
      for await (const { id = '', event, data } of eventsIn(response)) {
        mute = 0
        lastEventId = id
        yield { id, event: event === 'ended' ? event : 'progress', data: JSON.parse(data) }
        if (event === 'ended') return
      }
    } catch {
      // a connection that broke in the middle; what the server refuses, `send` has told
      options.signal?.throwIfAborted()
    }
    await pause(BEFORE_RECONNECTING_MS)
  }
  yield* pollRun(server, call.run, patient)
}

const POLL_MS = 2_000

async function* pollRun(server: Server, run: Call<'showRun'>['run'], options: SendOptions): AsyncGenerator<Event> {
  for (;;) {
    const response = await send(server, requestOf(server.url, 'showRun', { run }), options)
    const found: Run = await response.json()
    const over = found.finishedAt !== null
    yield { id: '', event: over ? 'ended' : 'progress', data: { run: found, progress: progressOf(found, over) } }
    if (over) return
    await pause(POLL_MS, undefined, { ...(options.signal && { signal: options.signal }) })
  }
}

/** As much as the run's own figures tell. */
function progressOf({ run, state, tables }: Run, complete: boolean): Moment['progress'] {
  const unknown = { purpose: null, requests: 0, expectedRows: null, streams: 0, streamsDone: 0 }
  return {
    ...{ run, state, estimatedUsers: null, shards: [] },
    tables: tables.map(({ table, rows }) => ({ table, rows, ...unknown, complete })),
  }
}
