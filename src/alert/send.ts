import type { SealingKey } from '../config.ts'
import { errorCode, PoolkeeperError } from '../errors.ts'
import type { Due } from './attempts.ts'
import { destinationOf, type Resolve } from './destination.ts'
import { asJson, asSlack } from './message.ts'
import { post } from './post.ts'
import { signatureOf } from './sign.ts'
import { openTarget } from './target.ts'

/** What it takes to send, the same for all webhooks. */
export interface Sender {
  readonly keys: readonly SealingKey[]
  /** Hosts that may be reached although they are private or speak plain HTTP. */
  readonly webhookHosts: readonly string[]
  /** Where people reach the dashboard. */
  readonly dashboard: string | undefined
  readonly resolve: Resolve
}

/** What an attempt came to. */
export interface Outcome {
  readonly delivered: boolean
  /** For people: `HTTP 500`, `ECONNREFUSED`. Neither the address nor what was answered. */
  readonly text: string
}

/** From the question where its host is to the head of its answer. */
const TIMEOUT_MS = 10_000

/** Sends something to a webhook, once. Never fails. @param quiet cuts it off */
export async function send(sender: Sender, due: Due, quiet: AbortSignal): Promise<Outcome> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const status = await statusOf(sender, due, AbortSignal.any([quiet, timeout]))
    return { delivered: status >= 200 && status < 300, text: `HTTP ${status}` }
  } catch (error) {
    return { delivered: false, text: timeout.aborted ? `no answer within ${TIMEOUT_MS / 1_000} s` : wordsFor(error) }
  }
}

async function statusOf(sender: Sender, { delivery, webhook }: Due, signal: AbortSignal): Promise<number> {
  const { keys, webhookHosts, dashboard, resolve } = sender
  const { url, secret } = openTarget(keys, webhook)
  const addresses = await unlessAborted(signal, destinationOf(url, webhookHosts, resolve))
  const { id, event, createdAt: at, payload } = delivery
  const alert = { id, event, at, ...payload }
  const body = webhook.format === 'slack' ? asSlack(alert, dashboard) : asJson(alert, dashboard)
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': 'Poolkeeper',
    'Poolkeeper-Delivery': String(id),
    'Poolkeeper-Event': event,
    ...(secret !== null && { 'Poolkeeper-Signature': signatureOf(secret, body, new Date()) }),
  }
  return post({ url, addresses, headers, body }, signal)
}

/** A question for a name can't be taken back; whoever asked need not wait for its answer. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([work, aborted])
}

function wordsFor(error: unknown): string {
  if (error instanceof PoolkeeperError) return error.description
  return errorCode(error) ?? 'the connection failed'
}
