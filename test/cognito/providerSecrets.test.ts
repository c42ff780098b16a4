import { describe, expect, test } from 'vitest'
import { withoutSecrets } from '../../src/cognito/providerSecrets.ts'

/** What DescribeIdentityProvider answers for each kind of provider: AWS, API reference of CreateIdentityProvider. */
const DOCUMENTED: Readonly<Record<string, string>> = {
  ActiveEncryptionCertificate: 'MIIDazCCAlOgAwIBAgIU',
  EncryptedResponses: 'true',
  IDPInit: 'true',
  IDPSignout: 'true',
  MetadataFile: '<EntityDescriptor xmlns:md="urn:oasis" Location="https://idp.example.com/sso?a=1&b=2" />',
  MetadataURL: 'https://auth.example.com/sso/saml/metadata?appid=7',
  RequestSigningAlgorithm: 'rsa-sha256',
  SLORedirectBindingURI: 'https://auth.example.com/slo/saml',
  SSORedirectBindingURI: 'https://auth.example.com/sso/saml',
  api_version: 'v17.0',
  attributes_request_method: 'GET',
  attributes_url: 'https://people.googleapis.com/v1/people/me?personFields=',
  attributes_url_add_attributes: 'false',
  authorize_scopes: 'openid profile email',
  authorize_url: 'https://auth.example.com:8443/authorize?login_hint=a@example.com',
  client_id: '1example23456789',
  jwks_uri: 'https://auth.example.com/.well-known/jwks.json',
  key_id: '2EXAMPLE',
  oidc_issuer: 'https://auth.example.com',
  team_id: '3EXAMPLE',
  token_request_method: 'POST',
  token_url: 'https://www.googleapis.com/oauth2/v4/token',
}

describe('the details of a provider', () => {
  test('keep all that is documented, key ids and URLs of tokens included', () => {
    expect(withoutSecrets(DOCUMENTED)).toEqual(DOCUMENTED)
  })

  test.each([
    'client_secret',
    'ClientSecret',
    'CLIENT_SECRET',
    'clientSecretV2',
    'client_secret_url',
    'private_key',
    'PrivateKey',
    'privateKeyId',
    'signing_key',
    'apikey',
    'api_key',
    'APIKey',
    'KeyMaterial',
    'access_token',
    'refreshToken',
    'token',
    'password',
    'db_password_id',
    'Passphrase',
    'credentials',
  ])('lose %s', (name) => {
    expect(withoutSecrets({ client_id: 'c', [name]: 'canary' })).toEqual({ client_id: 'c' })
  })

  test.each([
    ['a private key', '-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----'],
    ['a URL with a password', 'https://poolkeeper:canary@auth.example.com/token'],
    ['a URL with a secret among its parameters', 'https://auth.example.com/token?a=1&client_secret=canary'],
  ])('lose %s under a harmless name', (_what, value) => {
    expect(withoutSecrets({ client_id: 'c', attributes_url: value })).toEqual({ client_id: 'c' })
  })
})
