import { setTimeout as pause } from 'node:timers/promises'
import type { Request, Response } from 'express'
import type { Caller } from '../../src/access/caller.ts'
import type { Database } from '../../src/db/database.ts'
import { AskError } from '../../src/errors.ts'
import { callerOf, identify } from '../caller.ts'

/** Of one caller: more than anybody has tabs. */
const MOST = 20

/** How long a token that was revoked still listens. */
const CHECK_MS = 15_000

/** What a reader gets to take the end of a stream; one that takes nothing any more is cut off. */
const END_MS = 1_000

/** The answers that go on for as long as somebody listens. */
export interface OpenStreams {
  /**
   * Begins one. @returns what ends it: its reader is gone or may no longer read it, or the server goes quiet
   * @throws AskError 'too-many-requests'
   */
  open(request: Request, response: Response): AbortSignal
  /** Ends them all, and whatever is still opened. */
  close(): Promise<void>
}

interface Stream {
  readonly reader: string
  readonly ending: AbortController
  readonly ended: Promise<void>
}

export function createOpenStreams(db: Database): OpenStreams {
  const open = new Set<Stream>()
  let closed = false

  return {
    open(request, response) {
      const reader = readerOf(callerOf(response))
      if ([...open].filter((other) => other.reader === reader).length >= MOST) throw tooMany()
      const ending = new AbortController()
      // not events.once: that fails with an error of the response, which ends it by itself
      const ended = new Promise<void>((resolve) => response.once('close', resolve))
      const stream = { reader, ending, ended }
      const check = setInterval(() => void endUnlessKnown(db, request, response, ending), CHECK_MS)
      open.add(stream)
      void ended.then(() => {
        clearInterval(check)
        open.delete(stream)
        ending.abort()
      })
      if (closed) ending.abort()
      return ending.signal
    },
    async close() {
      closed = true
      for (const { ending } of open) ending.abort()
      await Promise.race([Promise.all([...open].map(({ ended }) => ended)), pause(END_MS, undefined, { ref: false })])
    },
  }
}

function readerOf({ via, tokenId, name }: Caller): string {
  return `${via} ${tokenId ?? name}`
}

/** While Postgres is away nobody can say that somebody may not. */
async function endUnlessKnown(
  db: Database,
  request: Request,
  response: Response,
  ending: AbortController,
): Promise<void> {
  const caller = await identify(db, request, response).catch(() => callerOf(response))
  if (!caller) ending.abort()
}

function tooMany(): AskError {
  return new AskError(
    'too-many-requests',
    `You are reading ${MOST} streams at the same time.`,
    'Close some of them, then try again.',
  )
}
