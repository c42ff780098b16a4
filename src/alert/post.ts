import { once } from 'node:events'
import { type ClientRequest, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Address } from './destination.ts'

export interface Post {
  readonly url: URL
  /** The only ones that are connected to, whatever the name leads to by now. */
  readonly addresses: readonly Address[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Posts, and gives the status of the answer, of whose body nothing is read. A redirect is an answer like others: where it
 * leads, nobody has looked. No proxy is asked, because a proxy resolves names by itself.
 * @throws what the connection fails with; the signal's reason once it is aborted
 */
export async function post({ url, addresses, headers, body }: Post, signal: AbortSignal): Promise<number> {
  const send = url.protocol === 'https:' ? overHttps : overHttp
  const pinned: LookupFunction = (_host, _options, found) =>
    found(
      null,
      addresses.map((address) => ({ ...address })),
    )
  const request = send(url, {
    ...{ method: 'POST', headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } },
    // of this request only: neither a connection nor a proxy of others is used
    ...{ agent: false, lookup: pinned, autoSelectFamily: true, signal },
  })
  request.end(body)
  return statusOf(request, signal)
}

async function statusOf(request: ClientRequest, signal: AbortSignal): Promise<number> {
  try {
    const [response] = await once(request, 'response')
    return response.statusCode
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    // what is cut off may still say so
    request.on('error', () => undefined)
    request.destroy()
  }
}
