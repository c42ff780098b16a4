import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** A certificate for 127.0.0.1 that nobody but its holder vouches for, with its key. */
export const CERTIFICATE = fileURLToPath(new URL('../fixtures/localhost.crt', import.meta.url))
export const LOCALHOST = {
  cert: readFileSync(CERTIFICATE),
  key: readFileSync(new URL('../fixtures/localhost.key', import.meta.url)),
}

export interface Received {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Somebody who is told things. */
export interface Receiver {
  /** `127.0.0.1:43210`, as POOLKEEPER_WEBHOOK_HOSTS would allow it. */
  readonly host: string
  readonly url: string
  /** Everything it was sent, in order. */
  readonly received: readonly Received[]
}

/** What is answered to one request; `nothing` keeps its sender waiting. */
export type Answer = number | 'nothing' | ((...args: Parameters<RequestListener>) => void)

/**
 * Listens on 127.0.0.1 for the time of a test.
 * @param answers to the requests in their order; the last one to all that follow
 * @param tls speaks HTTPS with these
 */
export async function openReceiver(answers: readonly Answer[] = [200], tls?: ServerOptions): Promise<Receiver> {
  const received: Received[] = []
  const listener: RequestListener = async (request, response) => {
    const answer = answers[Math.min(received.length, answers.length - 1)] ?? 200
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    received.push({ method: request.method, path: request.url, headers: request.headers, body })
    if (typeof answer === 'function') answer(request, response)
    else if (answer !== 'nothing') response.writeHead(answer).end('thank you')
  }
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { host, url: `${tls ? 'https' : 'http'}://${host}/hook`, received }
}
