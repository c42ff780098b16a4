import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a server does with one request, in the order in which they come; the last one does for all that follow. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void

export interface ScriptedServer {
  readonly url: string
  /** Method, path and headers of each request that came. */
  readonly requests: readonly IncomingMessage[]
}

/** A server of which each answer is said beforehand, for the time of one test. */
export async function scripted(...answers: readonly [Answer, ...Answer[]]): Promise<ScriptedServer> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    const answer = answers[requests.length] ?? answers[answers.length - 1]
    requests.push(request)
    answer?.(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

export const json =
  (body: unknown, status = 200): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** An RFC 9457 problem as the API answers it. */
export const problem =
  (status: number, cause: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
      .end(
        JSON.stringify({ status, cause, detail: 'It did not work.', remedy: 'Do it otherwise.', requestId: 'req-1' }),
      )

/** The connection breaks before an answer began. */
export const broken: Answer = (response) => void response.destroy()

/** Server-sent events, after which the connection is closed. */
export const events =
  (...moments: readonly { readonly id: string; readonly event: string; readonly data: unknown }[]): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const { id, event, data } of moments)
      response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    response.end()
  }
