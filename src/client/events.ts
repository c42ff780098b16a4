import { setTimeout as pause } from 'node:timers/promises'
import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** Three heartbeats of the server. A connection that was cut off without a word looks as if nothing happened. */
const SILENCE_MS = 45_000

/**
 * The server-sent events of an answer, until it ends.
 * @throws whatever breaks the connection; an Error when nothing is heard of it any more
 */
export async function* eventsIn({ body }: Response, silenceMs = SILENCE_MS): AsyncGenerator<EventSourceMessage> {
  if (!body) return
  const events: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (event) => void events.push(event) })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await heardWithin(silenceMs, reader.read())
      if (done) return
      parser.feed(decoder.decode(value, { stream: true }))
      yield* events.splice(0)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

async function heardWithin<T>(ms: number, heard: Promise<T>): Promise<T> {
  const enough = new AbortController()
  const silence = pause(ms, undefined, { signal: enough.signal }).then(() => {
    throw new Error('nothing was heard of the server')
  })
  try {
    return await Promise.race([heard, silence])
  } finally {
    enough.abort()
    silence.catch(() => undefined)
  }
}
