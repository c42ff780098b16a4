import { type Typed, textIn } from '../../typed.ts'

interface Connection {
  readonly poolId?: string | undefined
  readonly region?: string | undefined
  readonly credentials?: { readonly kind: Kind; readonly accessKeyId?: string; readonly roleArn?: string } | undefined
}

type Kind = (typeof KINDS)[number]

/** How a pool can be opened. */
export const KINDS = ['role', 'access-key', 'ambient'] as const

/** Whatever a form may say, it is one of them. */
export function kindIn(typed: Typed): Kind {
  return KINDS.find((kind) => kind === textIn(typed, 'kind')) ?? 'access-key'
}

/** The fields are called as their problems are. A secret is in none of them. */
export function typedConnection({ poolId, region, credentials }: Connection): Typed {
  return {
    poolId,
    region,
    kind: credentials?.kind,
    'credentials.accessKeyId': credentials?.accessKeyId,
    'credentials.roleArn': credentials?.roleArn,
  }
}

/** Where the pool is; without a Region that of the pool's id holds. */
export function poolFrom(typed: Typed) {
  const region = textIn(typed, 'region')
  return { poolId: textIn(typed, 'poolId').trim(), ...(region && { region }) }
}

/** What opens it. An empty secret is none: the one that was given before stays. */
export function credentialsFrom(typed: Typed) {
  const kind = kindIn(typed)
  if (kind === 'ambient') return { kind }
  if (kind === 'role') {
    const roleArn = textIn(typed, 'credentials.roleArn').trim()
    return { kind, ...(roleArn && { roleArn }) }
  }
  const [secretAccessKey, sessionToken] = [secretIn(typed, 'secretAccessKey'), secretIn(typed, 'sessionToken')]
  return {
    kind,
    accessKeyId: textIn(typed, 'credentials.accessKeyId').trim(),
    ...(secretAccessKey && { secretAccessKey }),
    ...(sessionToken && { sessionToken }),
  }
}

/** What is pasted often brings a line end along. */
function secretIn(typed: Typed, field: 'secretAccessKey' | 'sessionToken'): string {
  return textIn(typed, `credentials.${field}`).trim()
}
