import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { onTestFinished } from 'vitest'

/** A way to a server on which everything can happen that happens in a network, while the server itself lives on. */
export interface Way {
  readonly url: string
  /** Ends every connection; new ones are refused. */
  cut(): void
  mend(): Promise<void>
  /**
   * Makes the connections that are open now half open, for good, as a route or a firewall does that forgets them: they
   * stay open, and not a byte goes through them any more, not even the word that one side has closed. New ones are well.
   */
  blackhole(): void
  /** Lets each piece of data wait for so long, in either direction; 0 ends it. */
  delay(ms: number): void
  /** Ends every connection by a RST. */
  reset(): void
  /** All that was sent to the server, from now on. */
  listen(): () => string
}

/** One connection through the proxy. */
interface Link {
  readonly near: Socket
  readonly far: Socket
  swallows: boolean
}

/** Opens a way to the server at an address; it closes when the test ends. */
export async function openProxy(address: string): Promise<Way> {
  const target = new URL(address)
  const links = new Set<Link>()
  let delayMs = 0
  let heard: Buffer[] | undefined

  function carry(link: Link, from: Socket, to: Socket): void {
    const way = new Transform({
      transform(chunk, _encoding, done) {
        if (link.swallows) done()
        else if (delayMs === 0) done(null, chunk)
        else setTimeout(done, delayMs, null, chunk)
      },
    })
    from.setNoDelay().pipe(way).pipe(to, { end: false })
    way.on('end', () => link.swallows || to.end())
    // what the network does to those who were connected is what tests look at, at their end
    from.on('error', () => undefined)
    from.on('close', () => {
      way.end()
      if (!link.swallows) links.delete(link)
    })
  }

  const server = createServer((near) => {
    const link = { near, far: connect(Number(target.port), target.hostname), swallows: false }
    links.add(link)
    near.on('data', (chunk) => heard?.push(chunk))
    carry(link, near, link.far)
    carry(link, link.far, near)
  })
  const open = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const cut = () => {
    server.close()
    for (const { near, far } of links) {
      near.destroy()
      far.destroy()
    }
  }
  const url = new URL(address)
  const port = await open(0)
  url.port = String(port)
  onTestFinished(cut)
  return {
    url: url.href,
    cut,
    mend: async () => void (await open(port)),
    blackhole() {
      for (const link of links) link.swallows = true
    },
    delay(ms) {
      delayMs = ms
    },
    reset() {
      for (const { near, far } of links) {
        near.resetAndDestroy()
        far.resetAndDestroy()
      }
    },
    listen() {
      const chunks: Buffer[] = []
      heard = chunks
      return () => Buffer.concat(chunks).toString()
    },
  }
}
