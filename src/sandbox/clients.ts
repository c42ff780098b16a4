import type { UserPoolClientType } from '@aws-sdk/client-cognito-identity-provider'
import { SECRET_CANARY } from './canary.ts'
import { hash, Random } from './random.ts'

/** An app client as DescribeUserPoolClient gives it. */
export type SandboxClient = ReturnType<typeof makeClient>

/** Cognito's own pattern for names is stricter; an import leans on no pattern. */
const NAMES = ['Web "Kundenportal" <beta>', 'Mobile app – 東京 & Zoé', "Nightly batch; drop table users;--'"]

/** What a client is for. Only those that can keep a secret have one. */
const KINDS = [
  { secret: true, AllowedOAuthFlows: ['code'], ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] },
  { secret: false, AllowedOAuthFlows: ['code', 'implicit'], ExplicitAuthFlows: ['ALLOW_USER_AUTH'] },
  { secret: true, AllowedOAuthFlows: ['client_credentials'], ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'] },
] as const

const FIRST_CREATED = Date.UTC(2019, 2, 4, 9, 15, 0, 250)
const WEEK_MS = 7 * 86_400_000

/** The app clients of a pool, all of them decided by the seed. */
export function makeClients(count: number, seed: number, UserPoolId: string): SandboxClient[] {
  return Array.from({ length: count }, (_, at) => makeClient(at, new Random(hash(seed, `client ${at}`)), UserPoolId))
}

function makeClient(at: number, random: Random, UserPoolId: string) {
  const { secret, AllowedOAuthFlows, ExplicitAuthFlows } = KINDS[at % KINDS.length] ?? KINDS[0]
  const created = FIRST_CREATED + at * WEEK_MS
  return {
    UserPoolId,
    ClientName: NAMES[at] ?? `client-${at + 1}`,
    ClientId: random.text(26, CLIENT_ID_ALPHABET),
    ...(secret && { ClientSecret: `${SECRET_CANARY}-client-${random.text(30, CLIENT_ID_ALPHABET)}` }),
    LastModifiedDate: new Date(created + random.below(WEEK_MS)),
    CreationDate: new Date(created),
    ...validity(at),
    ...access(),
    ExplicitAuthFlows: [...ExplicitAuthFlows],
    AllowedOAuthFlows: [...AllowedOAuthFlows],
    AllowedOAuthFlowsUserPoolClient: true,
    PreventUserExistenceErrors: at % 2 === 0 ? 'ENABLED' : 'LEGACY',
    EnableTokenRevocation: true,
    EnablePropagateAdditionalUserContextData: false,
    AuthSessionValidity: 3,
    ClientType: 'REGULAR',
  } satisfies UserPoolClientType
}

/** A client that was made before the units could be chosen has none: its refresh tokens are good for days. */
function validity(at: number) {
  if (at % 2 === 1) return { RefreshTokenValidity: 30 }
  return {
    RefreshTokenValidity: 12,
    AccessTokenValidity: 15,
    IdTokenValidity: 60,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'hours' },
    RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
  } satisfies UserPoolClientType
}

function access() {
  return {
    ReadAttributes: ['custom:plan', 'email', 'email_verified', 'name'],
    WriteAttributes: ['email', 'name'],
    SupportedIdentityProviders: ['COGNITO', 'Google'],
    CallbackURLs: ['https://app.example.com/callback?next=%2F&q="ü"', 'myapp://signed-in'],
    LogoutURLs: ['https://app.example.com/bye'],
    DefaultRedirectURI: 'myapp://signed-in',
    AllowedOAuthScopes: ['openid', 'email', 'https://api.example.com/1/read'],
  } satisfies UserPoolClientType
}

const CLIENT_ID_ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'
