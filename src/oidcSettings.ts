import { z } from 'zod'
import { AskError } from './errors.ts'

/** Where people sign in with OpenID Connect, and what they may do then. */
export interface OidcSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** In which claim of the ID token their groups stand. */
  readonly groupsClaim: string
  readonly roles: readonly GroupRole[]
  /** Where people reach the dashboard: the provider sends them back there. */
  readonly url: string
}

/** What members of one of the provider's groups may do. */
export interface GroupRole {
  readonly group: string
  readonly role: 'viewer' | 'operator' | 'admin'
  readonly personal: boolean
}

/** `ops=operator,analysts=viewer+personal`; a group's name may hold anything but commas. */
const groupRoles = z.string().transform((text, context): GroupRole[] =>
  text.split(',').map((part) => {
    const [, group = '', role, personal] = /^(.+)=(viewer|operator|admin)(\+personal)?$/.exec(part.trim()) ?? []
    if (role) return { group, role: role as GroupRole['role'], personal: personal !== undefined }
    context.addIssue({
      code: 'custom',
      message:
        'must be groups with their roles (viewer, operator, admin), such as ops=operator,analysts=viewer+personal',
    })
    return z.NEVER
  }),
)

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** What is sent to an issuer in clear text, and what it answers, anybody on the way could have written. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))
}

export const OIDC_VARIABLES = {
  POOLKEEPER_OIDC_ISSUER: z
    .string()
    .refine(isIssuer, 'must be an https:// address; http:// is for a provider on this machine')
    .optional(),
  POOLKEEPER_OIDC_CLIENT_ID: z.string().optional(),
  POOLKEEPER_OIDC_CLIENT_SECRET: z.string().optional(),
  POOLKEEPER_OIDC_ROLES: groupRoles.optional(),
  POOLKEEPER_OIDC_GROUPS_CLAIM: z.string().default('groups'),
}

type OidcVariables = z.output<z.ZodObject<typeof OIDC_VARIABLES>>

/**
 * @param url where people reach the dashboard
 * @returns undefined when nothing of it is set
 * @throws AskError when some of what it takes is set and some is not
 */
export function oidcSettings(variables: OidcVariables, url: string | undefined): OidcSettings | undefined {
  const { POOLKEEPER_OIDC_ISSUER: issuer, POOLKEEPER_OIDC_CLIENT_ID: clientId } = variables
  const { POOLKEEPER_OIDC_CLIENT_SECRET: clientSecret, POOLKEEPER_OIDC_ROLES: roles } = variables
  if (!(issuer || clientId || clientSecret || roles)) return undefined
  if (issuer && clientId && clientSecret && roles && url)
    return { issuer, clientId, clientSecret, groupsClaim: variables.POOLKEEPER_OIDC_GROUPS_CLAIM, roles, url }
  throw new AskError(
    'bad-configuration',
    'Only some of what signing in with OpenID Connect takes is set.',
    'Set POOLKEEPER_OIDC_ISSUER, POOLKEEPER_OIDC_CLIENT_ID, POOLKEEPER_OIDC_CLIENT_SECRET, POOLKEEPER_OIDC_ROLES and POOLKEEPER_URL, or none of the first four.',
  )
}
