import { and, eq, gt, sql } from 'drizzle-orm'
import * as openid from 'openid-client'
import type { Queryable } from '../db/database.ts'
import { oidcSignIns } from '../db/schema/access.ts'
import { AskError, WaitError } from '../errors.ts'
import type { OidcSettings } from '../oidcSettings.ts'
import { hashOf, newSecret } from './secret.ts'

/** Where the provider sends people back to, below the dashboard's own address. */
export const CALLBACK = '/sign-in/oidc/callback'

/** Long enough for a password, a second factor and looking for the phone. */
const MINUTES = 10

/** An answer of a provider that takes longer is none. */
const TIMEOUT_SECONDS = 10

/** Who somebody is to the provider. */
export interface Identity {
  /** What history and the audit log call them: their address if the provider has verified it, else their `subject`. */
  readonly person: string
  readonly subject: string
  readonly groups: readonly string[]
}

/** A sign-in that has begun: where to send the browser, and the secret that it has to come back with. */
export interface BegunSignIn {
  readonly address: string
  readonly id: string
  readonly expiresAt: Date
}

export interface OidcProvider {
  readonly settings: OidcSettings
  /** Begins a sign-in. @throws WaitError when the provider does not answer */
  begin(db: Queryable): Promise<BegunSignIn>
  /**
   * Ends it with the provider's answer, which counts once and for the browser alone that holds the id.
   * @param query of the address that the provider sent the browser to
   * @throws AskError when the provider or the answer is not to be believed; WaitError when it does not answer
   */
  finish(db: Queryable, id: string, query: string): Promise<Identity>
}

/** An OpenID provider. Nothing is asked of it until somebody signs in, so that it need not be there before. */
export function openProvider(settings: OidcSettings): OidcProvider {
  let found: Promise<openid.Configuration> | undefined
  const configuration = () => {
    found ??= discover(settings)
    found.catch(() => {
      found = undefined
    })
    return found
  }
  const callback = new URL(CALLBACK, settings.url)
  return {
    settings,
    begin: async (db) => begin(db, await believing(configuration()), callback),
    finish: async (db, id, query) => {
      const { codeVerifier: pkceCodeVerifier, nonce: expectedNonce } = await take(db, id)
      const checks = { pkceCodeVerifier, expectedNonce, expectedState: stateOf(id) }
      const answer = new URL(`${callback.href}${query}`)
      const tokens = await believing(openid.authorizationCodeGrant(await believing(configuration()), answer, checks))
      return identityIn(tokens.claims(), settings)
    },
  }
}

/** The answer brings the hash of the id along: it is worth nothing without the cookie, and no secret of its own is kept. */
const stateOf = hashOf

/** An http issuer has been refused unless it is on this machine. */
function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<openid.Configuration> {
  const url = new URL(issuer)
  return openid.discovery(url, clientId, clientSecret, undefined, {
    execute: [openid.enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [openid.allowInsecureRequests] : [])],
    timeout: TIMEOUT_SECONDS,
  })
}

async function begin(db: Queryable, configuration: openid.Configuration, callback: URL): Promise<BegunSignIn> {
  const id = newSecret()
  const codeVerifier = openid.randomPKCECodeVerifier()
  const nonce = openid.randomNonce()
  await db.delete(oidcSignIns).where(sql`${oidcSignIns.expiresAt} <= now()`)
  const expiresAt = sql`now() + make_interval(mins => ${MINUTES})`
  const [begun] = await db
    .insert(oidcSignIns)
    .values({ hash: hashOf(id), codeVerifier, nonce, expiresAt })
    .returning({ expiresAt: oidcSignIns.expiresAt })
  if (!begun) throw new TypeError('an insert of one sign-in returned no row')
  const address = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: callback.href,
    scope: 'openid email',
    code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state: stateOf(id),
    nonce,
  })
  return { address: address.href, id, ...begun }
}

/** The delete decides: of two answers to one sign-in, one counts. */
async function take(db: Queryable, id: string): Promise<{ readonly codeVerifier: string; readonly nonce: string }> {
  const [begun] = await db
    .delete(oidcSignIns)
    .where(and(eq(oidcSignIns.hash, hashOf(id)), gt(oidcSignIns.expiresAt, sql`now()`)))
    .returning({ codeVerifier: oidcSignIns.codeVerifier, nonce: oidcSignIns.nonce })
  if (begun) return begun
  throw new AskError(
    'bad-input',
    `This sign-in was ended already, or took longer than ${MINUTES} minutes.`,
    'Begin anew.',
  )
}

function identityIn(claims: openid.IDToken | undefined, { groupsClaim }: OidcSettings): Identity {
  if (!claims) throw new TypeError('an expected nonce makes an ID token compulsory')
  const { sub: subject, email, email_verified: verified } = claims
  const person = verified === true && typeof email === 'string' ? email : subject
  const groups = [claims[groupsClaim]].flat().filter((group) => typeof group === 'string')
  return { person, subject, groups }
}

/** Tells a provider that turns somebody away from one that does not answer, and from an answer that is not to be believed. */
async function believing<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    if (cause instanceof openid.AuthorizationResponseError)
      throw new AskError('unauthorized', 'The OpenID provider did not let you in.', 'Begin anew.', { cause })
    if (isAway(cause))
      throw new WaitError('network', 'The OpenID provider is not answering.', 'Try again in a moment.', { cause })
    throw new AskError('unauthorized', 'What the OpenID provider answered was not accepted.', 'Begin anew.', { cause })
  }
}

/** fetch throws a TypeError when there is nobody, and openid-client one of its own when time is up. */
function isAway(error: unknown): boolean {
  if (error instanceof openid.ClientError) return error.code === 'OAUTH_TIMEOUT'
  return error instanceof TypeError && error.message === 'fetch failed'
}
