import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'

const COGNITO = {
  POOLKEEPER_URL: 'https://pools.example.com',
  POOLKEEPER_OIDC_ISSUER: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123',
  POOLKEEPER_OIDC_CLIENT_ID: 'client',
  POOLKEEPER_OIDC_CLIENT_SECRET: 'a secret that nobody may read',
  POOLKEEPER_OIDC_ROLES: 'ops=operator, cn=data,analysts=viewer+personal',
}

test('groups have roles, and some of them see personal values', () => {
  const roles = 'ops=operator, a=b=viewer+personal,Admins of all=admin'
  expect(loadConfig({ ...COGNITO, POOLKEEPER_OIDC_ROLES: roles }).oidc).toMatchObject({
    clientId: 'client',
    groupsClaim: 'groups',
    url: 'https://pools.example.com',
    roles: [
      { group: 'ops', role: 'operator', personal: false },
      { group: 'a=b', role: 'viewer', personal: true },
      { group: 'Admins of all', role: 'admin', personal: false },
    ],
  })
  expect(loadConfig({ POOLKEEPER_URL: COGNITO.POOLKEEPER_URL }).oidc).toBeUndefined()
})

test.each([
  ['POOLKEEPER_OIDC_ROLES', 'ops'],
  ['POOLKEEPER_OIDC_ROLES', 'ops=root'],
  ['POOLKEEPER_OIDC_ROLES', '=admin'],
  ['POOLKEEPER_OIDC_ROLES', 'ops=operator,'],
  ['POOLKEEPER_OIDC_ISSUER', 'http://login.example.com'],
  ['POOLKEEPER_OIDC_ISSUER', 'http://localhost.evil.example'],
  ['POOLKEEPER_OIDC_ISSUER', 'login.example.com'],
  ['POOLKEEPER_URL', 'pools.example.com'],
])('%s is refused as "%s"', (name, value) => {
  const refused = () => loadConfig({ ...COGNITO, POOLKEEPER_OIDC_ROLES: 'ops=operator', [name]: value })
  expect(refused).toThrow(`${name}: must be`)
  expect(refused).not.toThrow(COGNITO.POOLKEEPER_OIDC_CLIENT_SECRET)
})

test.each(['http://localhost:9000', 'http://127.0.0.1:9000/realm', 'http://[::1]:9000'])(
  'an issuer on this machine may be %s',
  (issuer) => {
    const environment = { ...COGNITO, POOLKEEPER_OIDC_ROLES: 'ops=operator', POOLKEEPER_OIDC_ISSUER: issuer }
    expect(loadConfig(environment).oidc?.issuer).toBe(issuer)
  },
)

test.each(Object.keys(COGNITO))('all of it is set or none: not all but %s', (name) => {
  const some = { ...COGNITO, POOLKEEPER_OIDC_ROLES: 'ops=operator', [name]: '' }
  expect(() => loadConfig(some)).toThrow('Only some of what signing in with OpenID Connect takes is set.')
})
