import type { IdentityProviderType } from '@aws-sdk/client-cognito-identity-provider'
import { SECRET_CANARY } from './canary.ts'
import { hash, Random } from './random.ts'

/** An identity provider as DescribeIdentityProvider gives it. */
export type SandboxIdentityProvider = ReturnType<typeof makeProvider>

interface Kind {
  readonly name: string
  readonly type: NonNullable<IdentityProviderType['ProviderType']>
  /** @param secret what only the provider and Cognito may know */
  readonly details: (secret: string) => Record<string, string>
}

const oidc = (issuer: string, client_secret: string) => ({
  client_id: '1173-sandbox.apps.example.com',
  client_secret,
  authorize_scopes: 'openid email profile',
  attributes_request_method: 'GET',
  oidc_issuer: issuer,
  attributes_url_add_attributes: 'false',
})

/** Those that the pool's federated users come from (see `people.ts`), with details as the developer guide lists them. */
const SOCIAL_AND_ENTERPRISE: readonly Kind[] = [
  { name: 'Google', type: 'Google', details: (secret) => oidc('https://accounts.google.com', secret) },
  {
    name: 'Facebook',
    type: 'Facebook',
    details: (client_secret) => ({
      client_id: '11735551234567',
      client_secret,
      authorize_scopes: 'public_profile,email',
      api_version: 'v17.0',
      attributes_url: 'https://graph.facebook.com/v17.0/me?fields=',
      token_request_method: 'GET',
    }),
  },
  {
    name: 'Okta-SAML',
    type: 'SAML',
    details: () => ({
      MetadataFile: '<?xml version="1.0"?><EntityDescriptor entityID="https://idp.corp.example/ü"/>',
      MetadataURL: 'https://idp.corp.example/app/metadata?a=1&b=2',
      SSORedirectBindingURI: 'https://idp.corp.example/sso',
      SLORedirectBindingURI: 'https://idp.corp.example/slo',
      IDPSignout: 'true',
      EncryptedResponses: 'false',
    }),
  },
  {
    name: 'SignInWithApple',
    type: 'SignInWithApple',
    details: (private_key) => ({
      client_id: 'com.example.sandbox',
      team_id: 'A1B2C3D4E5',
      key_id: 'F6G7H8I9J0',
      private_key,
      authorize_scopes: 'email name',
    }),
  },
]

const furtherOidc = (at: number): Kind => ({
  name: `Société-"${at + 1}"-東京`,
  type: 'OIDC',
  details: (secret) => oidc(`https://login-${at + 1}.example.com/`, secret),
})

const CREATED = Date.UTC(2020, 5, 1, 12, 0, 0, 736)
const HOUR_MS = 3_600_000

/** Google, Facebook, SAML and Apple, then as many of OIDC as are asked for. */
export function makeProviders(count: number, seed: number, UserPoolId: string): SandboxIdentityProvider[] {
  return Array.from({ length: count }, (_, at) => {
    const random = new Random(hash(seed, `provider ${at}`))
    return makeProvider(at, SOCIAL_AND_ENTERPRISE[at] ?? furtherOidc(at), random, UserPoolId)
  })
}

function makeProvider(at: number, { name, type, details }: Kind, random: Random, UserPoolId: string) {
  return {
    UserPoolId,
    ProviderName: name,
    ProviderType: type,
    ProviderDetails: details(`${SECRET_CANARY}-provider-${random.text(24, 'abcdefghijklmnopqrstuvwxyz0123456789')}`),
    AttributeMapping: { email: 'email', name: 'name', username: type === 'SAML' ? 'NameID "persistent"' : 'sub' },
    IdpIdentifiers: type === 'SAML' ? ['corp.example', 'münchen.example'] : [],
    LastModifiedDate: new Date(CREATED + at * HOUR_MS + random.below(HOUR_MS)),
    CreationDate: new Date(CREATED + at * HOUR_MS),
  } satisfies IdentityProviderType
}
