import { connect, type Socket } from 'node:net'

/** Where postgres.js wants to connect to: hosts with their ports, or a socket's path. */
export interface Address {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path?: string | false
}

export type OpenSocket = (address: Address) => Socket

const LOOK_EVERY_MS = 1_000

/**
 * Makes what opens the sockets of a pool, each to the next of its hosts. A socket is destroyed once it has been idle, or
 * has given no answer, for `patienceMs`: on a half-open connection a statement otherwise never ends (porsager/postgres#1089),
 * because nothing that the server could be told reaches it, and the kernel retransmits for a quarter of an hour. Whoever
 * waits gets an error with the code ETIMEDOUT.
 */
export function socketsFor(patienceMs: number): OpenSocket {
  let opened = 0
  return ({ host, port, path }) => {
    const nth = opened++ % host.length
    const target = { host: host[nth] ?? 'localhost', port: port[nth] ?? 5432 }
    const socket = connect(path ? { path } : target)
    destroyWhenSilent(socket, patienceMs)
    // postgres.js names the host to TLS from here
    return Object.assign(socket, target)
  }
}

/** The same, for one socket: postgres.js is refused a second one. */
export function openedOnce(open: OpenSocket): OpenSocket {
  let opened = false
  return (address) => {
    if (opened) throw Object.assign(new Error('The connection was lost'), { code: 'CONNECTION_CLOSED' })
    opened = true
    return open(address)
  }
}

/**
 * Counts bytes instead of listening, because TLS takes all listeners off the socket that it is put on. What is asked in
 * the meantime doesn't make a connection live: postgres.js sends further statements after one that has no answer yet.
 */
function destroyWhenSilent(socket: Socket, patienceMs: number): void {
  let read = 0
  let written = 0
  let asked = false
  let silentSince = performance.now()
  const watch = setInterval(() => {
    if (socket.destroyed) return clearInterval(watch)
    const now = performance.now()
    const answered = socket.bytesRead !== read
    const asks = socket.bytesWritten !== written
    if (answered || (asks && !asked)) silentSince = now
    asked = !answered && (asks || asked)
    read = socket.bytesRead
    written = socket.bytesWritten
    if (now - silentSince >= patienceMs) socket.destroy(silence(patienceMs))
  }, LOOK_EVERY_MS)
  watch.unref()
}

function silence(patienceMs: number): Error {
  return Object.assign(new Error(`Postgres was silent for ${patienceMs} ms`), { code: 'ETIMEDOUT' })
}
