import type { ResourceServerType } from '@aws-sdk/client-cognito-identity-provider'

/** A resource server as ListResourceServers gives it. */
export type SandboxResourceServer = ReturnType<typeof makeServer>

const SCOPES = [
  { ScopeName: 'read', ScopeDescription: 'Read "orders"; für alle <b>Kunden</b>' },
  { ScopeName: "write:o'clock", ScopeDescription: '注文を変更する\n{{7*7}}' },
]

/** The resource servers of a pool. Each third has no scopes yet. */
export function makeResourceServers(count: number, UserPoolId: string): SandboxResourceServer[] {
  return Array.from({ length: count }, (_, at) => makeServer(at, UserPoolId))
}

function makeServer(at: number, UserPoolId: string) {
  return {
    UserPoolId,
    Identifier: `https://api.example.com/${at + 1}`,
    Name: at % 2 === 0 ? `Orders "API" <v${at + 1}>` : `Données & 注文 ${at + 1}`,
    Scopes: SCOPES.slice(0, 2 - (at % 3)),
  } satisfies ResourceServerType
}
