import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** Somebody who listens to server-sent events. */
export interface Listener {
  readonly status: number
  readonly headers: Headers
  /** The next event, its data parsed; undefined once the stream has ended. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects to find in it
  next(): Promise<{ id: string | undefined; event: string | undefined; data: any } | undefined>
  /** The comments so far. */
  readonly comments: readonly string[]
  leave(): void
}

/** Opens a stream of events below `/api/v1`. @param lastEventId what was seen before */
export async function listen(url: string, secret: string, path: string, lastEventId?: string): Promise<Listener> {
  const leaving = new AbortController()
  const { status, headers, body } = await fetch(`${url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${secret}`, ...(lastEventId && { 'last-event-id': lastEventId }) },
    signal: leaving.signal,
  })
  const waiting: EventSourceMessage[] = []
  const comments: string[] = []
  const parser = createParser({
    onEvent: (event) => waiting.push(event),
    onComment: (comment) => comments.push(comment),
  })
  const chunks = body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  return {
    ...{ status, headers, comments },
    async next() {
      for (;;) {
        const message = waiting.shift()
        if (message) return { id: message.id, event: message.event, data: JSON.parse(message.data) }
        const chunk = await chunks?.next()
        if (!chunk || chunk.done) return undefined
        parser.feed(chunk.value)
      }
    },
    leave: () => leaving.abort(),
  }
}
