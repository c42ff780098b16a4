import type { fromNodeProviderChain } from '@aws-sdk/credential-providers'

/** What the SDK takes as `credentials`. */
export type CredentialProvider = ReturnType<typeof fromNodeProviderChain>
type Properties = Parameters<CredentialProvider>[0]
type Identity = Awaited<ReturnType<CredentialProvider>>

/** Credentials that AWS lends for a time: of a role, of the machine. */
export interface Session {
  readonly provider: CredentialProvider
  /**
   * Told that AWS takes those for expired that were used since a moment of `performance.now()`.
   * @returns whether there are others now
   * @throws what fetching them throws
   */
  replace(since: number): Promise<boolean>
}

/** As early as the SDK's own; a quarter of a shorter life. */
const EARLY_MS = 5 * 60_000

/** A fetch that failed is tried again after this, while what there is can be used. */
const AGAIN_MS = 10_000

/** What comes expired to a clock that is ahead is used for so long, and AWS says if it really is. */
const UNKNOWN_MS = 60_000

interface Kept {
  readonly identity: Identity
  readonly fetchedAt: number
  readonly endsAt: number
  renewAt: number
}

/**
 * Keeps credentials and fetches others shortly before they end, beside the requests that go on with what there is. The
 * SDK's own memory is left out (`memoized`): it takes what has less than 5 minutes to live for expired, asks twice for each
 * request then (101 AssumeRole for 50 requests, measured) and fails them all when it gets no answer; and where a clock is
 * behind it goes on with what AWS has let expire.
 */
export function keepSession(fetch: CredentialProvider): Session {
  let kept: Kept | undefined
  let fetching: Promise<Kept> | undefined

  function renew(properties?: Properties): Promise<Kept> {
    // the chain of the environment would give what it has
    fetching ??= fetch({ ...properties, forceRefresh: true })
      .then((identity) => {
        kept = keep(identity)
        return kept
      })
      .finally(() => {
        fetching = undefined
      })
    return fetching
  }

  async function provider(properties?: Properties): Promise<Identity> {
    const now = performance.now()
    const current = kept
    if (!current || now >= current.endsAt) return (await renew(properties)).identity
    if (now >= current.renewAt) {
      current.renewAt = now + AGAIN_MS
      renew(properties).catch(() => undefined)
    }
    return current.identity
  }

  return {
    provider: Object.assign(provider, { memoized: true }),
    async replace(since) {
      if (kept && kept.fetchedAt >= since) return true
      const before = kept?.identity
      const { identity } = await renew()
      return identity.sessionToken !== before?.sessionToken
    },
  }
}

function keep(identity: Identity): Kept {
  const fetchedAt = performance.now()
  const { expiration } = identity
  if (!expiration) return { identity, fetchedAt, endsAt: Number.POSITIVE_INFINITY, renewAt: Number.POSITIVE_INFINITY }
  const left = expiration.getTime() - Date.now()
  const life = left > 0 ? left : UNKNOWN_MS
  const endsAt = fetchedAt + life
  return { identity, fetchedAt, endsAt, renewAt: endsAt - Math.min(EARLY_MS, life / 4) }
}
