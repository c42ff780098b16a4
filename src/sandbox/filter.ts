import { invalidParameter } from './errors.ts'
import type { SandboxUser } from './people.ts'

/** `attribute = "value"` or `attribute ^= "value"`. */
export interface Filter {
  readonly attribute: string
  readonly prefix: boolean
  readonly value: string
}

/** What ListUsers searches, and never a custom attribute (service model, ListUsersRequest.Filter). */
const SEARCHABLE = new Set([
  'username',
  'email',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'cognito:user_status',
  'status',
  'sub',
])

const MAX_LENGTH = 256

/** The quotes may come escaped by a backslash, as the AWS documentation writes them; so may quotes within the value. */
const GRAMMAR = /^\s*([^\s"^=\\]+)\s*(\^?=)\s*\\?"((?:[^"\\]|\\.)*?)\\?"\s*$/s

/**
 * Reads the Filter of ListUsers.
 * @returns undefined for an empty filter, which lists everybody
 * @throws ServiceError InvalidParameterException: too long, not in the grammar, or an attribute that isn't searchable.
 */
export function parseFilter(text: string): Filter | undefined {
  if (text.length > MAX_LENGTH) {
    throw invalidParameter(
      `1 validation error detected: Value '${text}' at 'filter' failed to satisfy constraint: Member must have length less than or equal to ${MAX_LENGTH}`,
    )
  }
  if (text.trim() === '') return undefined
  const [, attribute, operator, value] = GRAMMAR.exec(text) ?? []
  if (attribute === undefined || value === undefined) throw invalidParameter('Error while parsing filter.')
  if (!SEARCHABLE.has(attribute)) throw invalidParameter(`Invalid search attribute: ${attribute}`)
  return { attribute, prefix: operator === '^=', value: value.replace(/\\(.)/gs, '$1') }
}

/** Whether a value (as `searchableValue` gives it) is one that the filter asks for. */
export function matches({ attribute, prefix, value }: Filter, candidate: string): boolean {
  const [wanted, found] =
    attribute === 'cognito:user_status' ? [value.toUpperCase(), candidate.toUpperCase()] : [value, candidate]
  return prefix ? found.startsWith(wanted) : found === wanted
}

/** What a filter on this attribute looks at; undefined for a user who has no such attribute. */
export function searchableValue(user: SandboxUser, attribute: string): string | undefined {
  switch (attribute) {
    case 'username':
      return user.Username
    case 'cognito:user_status':
      return user.UserStatus
    case 'status':
      return user.Enabled ? 'Enabled' : 'Disabled'
    default:
      return user.Attributes.find(({ Name }) => Name === attribute)?.Value
  }
}
