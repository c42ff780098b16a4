import { lookup } from 'node:dns/promises'
import { AskError, GiveUpError } from '../errors.ts'
import { isPublic } from './publicAddress.ts'

/** Where a name leads. */
export interface Address {
  readonly address: string
  readonly family: number
}

/** Asks for all addresses of a host; one that is an address already is answered as it is. */
export type Resolve = (host: string) => Promise<readonly Address[]>

export const resolveHost: Resolve = (host) => lookup(host, { all: true })

/**
 * The address that a person gave for a webhook, judged by its form. Whether it may be called is decided when it is, by the
 * worker's environment and by where its name leads then.
 * @throws AskError 'bad-input'; no message quotes it, since it often is the secret itself
 */
export function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new AskError('bad-input', 'The address of a webhook must look like https://hooks.example.com/path.')
  }
  if (url.username || url.password) {
    throw new AskError('bad-input', 'The address of a webhook must hold no user name and no password.')
  }
  url.hash = ''
  return url
}

/**
 * The addresses that may be connected to for a webhook: those of the public Internet, over TLS, at its usual port. Whoever
 * connects must take one of these and not ask again, because the next answer may be another.
 * @param allowed hosts, with or without a port, to which none of this applies
 * @throws GiveUpError 'forbidden'; what `resolve` throws
 */
export async function destinationOf(
  url: URL,
  allowed: readonly string[],
  resolve: Resolve,
): Promise<readonly Address[]> {
  const free = isAllowed(url, allowed)
  if (!free && url.protocol !== 'https:') throw refusal('speaks plain HTTP')
  if (!free && url.port !== '') throw refusal('is called at another port than 443')
  const addresses = await resolve(url.hostname.replace(/^\[(.*)\]$/, '$1'))
  // one among several is enough to refuse: whose name leads inside and outside means no good
  if (!free && !addresses.every(({ address }) => isPublic(address))) throw refusal('is at no public address')
  return addresses
}

function isAllowed({ hostname, port, protocol }: URL, allowed: readonly string[]): boolean {
  const usual = protocol === 'https:' ? '443' : '80'
  return allowed.includes(`${hostname}:${port || usual}`) || (port === '' && allowed.includes(hostname))
}

function refusal(what: string): GiveUpError {
  return new GiveUpError(
    'forbidden',
    `Its host ${what}.`,
    'Whoever runs the workers may allow it: POOLKEEPER_WEBHOOK_HOSTS.',
  )
}
