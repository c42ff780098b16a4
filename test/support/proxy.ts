import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A way to a server that can be cut, as a network can, while the server itself lives on. */
export interface Proxy {
  readonly url: string
  /** Ends every connection; new ones are refused. */
  cut(): void
  mend(): Promise<void>
}

/** Opens a way to the server at an address; it closes when the test ends. */
export async function openProxy(address: string): Promise<Proxy> {
  const target = new URL(address)
  const sockets = new Set<Socket>()
  const join = (from: Socket, to: Socket) => {
    sockets.add(from)
    from.setNoDelay().pipe(to)
    // what a cut does to those who were connected is what tests look at, at their end
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    join(near, far)
    join(far, near)
  })
  const open = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const cut = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  const url = new URL(address)
  const port = await open(0)
  url.port = String(port)
  onTestFinished(cut)
  return { url: url.href, cut, mend: async () => void (await open(port)) }
}
