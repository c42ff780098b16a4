import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Cloud } from './cloud.ts'
import { control } from './control.ts'
import { askMachine } from './machine.ts'
import { answer } from './service.ts'

/** An idle connection outlives the SDK's pauses between pages; Node's own 5 s would cut some of them mid-request. */
const KEEP_ALIVE_MS = 65_000

export interface RunningServer {
  readonly endpoint: string
  stop(): Promise<void>
}

/** Serves the sandbox on this machine only. @param port 0 for a free one */
export async function serve(cloud: Cloud, port: number): Promise<RunningServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    handle(cloud, request, response).catch((error: unknown) => admit(response, error))
  })
  await listen(server, port)
  const { port: bound } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${bound}`, stop: () => stop(server) }
}

async function handle(cloud: Cloud, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await textOf(request)
  const url = new URL(request.url ?? '/', 'http://sandbox')
  if (url.pathname.startsWith('/_sandbox/'))
    return control(cloud, { method: request.method ?? 'GET', url, body }, response)
  const { method = 'GET', headers } = request
  const token = headers['x-aws-ec2-metadata-token']
  const told = askMachine(cloud, { method, path: url.pathname, token: token?.toString() })
  if (told) return void response.writeHead(told.status).end(told.body)
  const reply = await answer(cloud, { headers: request.headers, body }, randomUUID())
  if (reply === 'reset') {
    request.socket.resetAndDestroy()
    return
  }
  response.writeHead(reply.status, reply.headers).end(reply.body)
}

/** A bug of the sandbox: its client is told, since nobody else listens. All data here is made up, so all can be said. */
function admit(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const message = error instanceof Error ? error.stack : String(error)
  response.writeHead(500, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(JSON.stringify({ __type: 'SandboxBug', message }))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
    server.closeAllConnections()
  })
}
