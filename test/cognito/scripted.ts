import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { openPool, type PoolClient, type PoolOptions } from '../../src/cognito/client.ts'

/** One request as it arrived. */
export interface Asked {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
}

/** An answer: a body with status 200, an error by its AWS name, or whatever the function does to the response. */
export type Answer =
  | Readonly<Record<string, unknown>>
  | { readonly error: string; readonly status?: number; readonly message?: string }
  | ((response: ServerResponse, request: IncomingMessage) => void)

export interface Scripted {
  readonly pool: PoolClient
  readonly asked: readonly Asked[]
}

/** A Cognito that answers as the test says, and a client on it. For what the sandbox has no fault for. */
export async function scripted(
  answer: (asked: Asked, count: number) => Answer,
  options: Partial<PoolOptions> = {},
): Promise<Scripted> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const input = JSON.parse((await text(request)) || '{}')
    asked.push({ operation, input })
    send(response, request, answer({ operation, input }, asked.length))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const pool = openPool({
    poolId: 'us-east-1_Scripted1',
    region: 'us-east-1',
    credentials: { kind: 'access-key', accessKeyId: 'AKIASCRIPTED', secretAccessKey: 'scripted' },
    endpoint: `http://127.0.0.1:${port}`,
    ...options,
  })
  onTestFinished(async () => {
    pool.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { pool, asked }
}

function send(response: ServerResponse, request: IncomingMessage, answer: Answer): void {
  if (typeof answer === 'function') {
    answer(response, request)
    return
  }
  const isError = typeof answer.error === 'string'
  const { error, status = 400, message = 'AWS says something with an ARN in it' } = answer
  response.writeHead(isError ? Number(status) : 200, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(JSON.stringify(isError ? { __type: error, message } : answer))
}

/** A page that no Cognito sent: a proxy's or a load balancer's. */
export function html(status: number): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html' })
    response.end('<html><body>a web page</body></html>')
  }
}

/** The connection ends without an answer. */
export const reset: Answer = (_response, request) => {
  request.socket.resetAndDestroy()
}
