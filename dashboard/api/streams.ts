import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import type { StreamEvent, TextFile } from '../../src/api/operation.ts'

/** Proxies close what is silent for a minute, some for half of one. */
const HEARTBEAT_MS = 15_000

/** Writes server-sent events as they come. The client may close the stream, and come back with the id it saw last. */
export async function sendEvents(
  response: Response,
  events: AsyncIterable<StreamEvent>,
  signal: AbortSignal,
): Promise<void> {
  response.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' })
  response.flushHeaders()
  const heartbeat = setInterval(() => beat(response), HEARTBEAT_MS)
  try {
    await pipeline(Readable.from(frames(events)), response)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    clearInterval(heartbeat)
  }
}

/** Whoever does not take what there is needs no more; and after the end a write is an error that nobody awaits. */
function beat(response: Response): void {
  if (response.writableEnded || response.destroyed || response.writableNeedDrain) return
  response.write(': still here\n\n')
}

async function* frames(events: AsyncIterable<StreamEvent>): AsyncGenerator<string> {
  for await (const { id, event, data } of events) {
    yield `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
  }
}

/** Writes a file as it is read, no faster than it is taken. One that is cut off ends without its end. */
export async function sendText(
  response: Response,
  { name, type, chunks }: TextFile,
  signal: AbortSignal,
): Promise<void> {
  response.attachment(name).type(type)
  try {
    await pipeline(Readable.from(chunks), response, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
