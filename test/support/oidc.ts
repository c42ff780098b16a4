import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import Provider, { type Context } from 'oidc-provider'
import type { OidcSettings } from '../../src/oidcSettings.ts'

/** Where the provider is told that people reach the dashboard. Nobody asks for it: the test goes to the dashboard itself. */
const DASHBOARD = 'http://pools.test'

/** What the provider tells of somebody. */
export interface Person {
  readonly email?: string
  readonly email_verified?: boolean
  readonly groups?: readonly string[]
}

/** A real OpenID provider on this machine, at which a person signs in without being asked anything. */
export interface TestProvider {
  readonly settings: OidcSettings
  /** Whoever is sent to the provider is this one from now on. */
  isThere(subject: string, person: Person): void
  /** Whether the keys that it publishes are not those that it signs with: as if somebody else had signed. */
  publishesOtherKeys(publishes: boolean): void
  /** Goes where the dashboard sends a browser. @returns the address at the dashboard that it is sent back to, from the root on */
  answerTo(address: string): Promise<string>
  close(): Promise<void>
}

export async function openTestProvider(roles: OidcSettings['roles']): Promise<TestProvider> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${portOf(server)}`
  const [clientId, clientSecret] = ['poolkeeper', randomBytes(16).toString('hex')]
  const people = new Map<string, Person>()
  let there = ''
  let otherKeys = false
  const provider = new Provider(issuer, {
    clients: [
      { client_id: clientId, client_secret: clientSecret, redirect_uris: [`${DASHBOARD}/sign-in/oidc/callback`] },
    ],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    clientDefaults: { token_endpoint_auth_method: 'client_secret_post' },
    claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    interactions: { url: () => '/interaction' },
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId, ...people.get(accountId) }),
    }),
    async loadExistingGrant({ oidc: { client, session } }: Context) {
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
  })
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (request.url === '/interaction') provider.interactionFinished(request, response, { login: { accountId: there } })
    else if (request.url === '/jwks' && otherKeys)
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [newKey()] }))
    else answer(request, response)
  })
  return {
    settings: { issuer, clientId, clientSecret, roles, groupsClaim: 'groups', url: DASHBOARD },
    isThere(subject, person) {
      people.set(subject, person)
      there = subject
    },
    publishesOtherKeys(publishes) {
      otherKeys = publishes
    },
    answerTo: (address) => followed(issuer, address),
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Under the id of the key that oidc-provider signs with when it was given none. */
function newKey(): object {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...publicKey.export({ format: 'jwk' }), kid: 'keystore-CHANGE-ME', use: 'sig', alg: 'RS256' }
}

/** As a browser does it, with the provider's cookies, as far as the provider's own addresses go. */
async function followed(issuer: string, address: string): Promise<string> {
  const cookies = new Map<string, string>()
  let next = new URL(address, issuer)
  while (next.origin === issuer) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(next, { redirect: 'manual', headers: { cookie } })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (!location) throw new Error(`the provider answered ${response.status}: ${await response.text()}`)
    next = new URL(location, issuer)
  }
  return next.pathname + next.search
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no port')
  return address.port
}
