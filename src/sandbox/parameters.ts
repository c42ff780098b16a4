import { invalidParameter } from './errors.ts'

/** A request's parameters, as they came. */
export type Input = Readonly<Record<string, unknown>>

/** Page size where Limit is absent or 0 (aws-sdk-js-v3#7013). */
const DEFAULT_PAGE = 25

const POOL_ID = /^[\w-]+_[0-9a-zA-Z]+$/

/** @throws ServiceError InvalidParameterException when it is missing. */
export function requiredText(input: Input, name: string): string {
  const value = input[name]
  if (typeof value === 'string') return value
  throw invalidParameter(`1 validation error detected: Value at '${camel(name)}' ${FAILED} Member must not be null`)
}

export function optionalText(input: Input, name: string): string | undefined {
  return input[name] === undefined || input[name] === null ? undefined : requiredText(input, name)
}

export function poolIdOf(input: Input): string {
  const id = requiredText(input, 'UserPoolId')
  if (POOL_ID.test(id)) return id
  throw invalidParameter(
    `1 validation error detected: Value '${id}' at 'userPoolId' ${FAILED} Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+`,
  )
}

/** Limit of the list operations, 0 to 60. */
export function limitOf(input: Input): number {
  return pageSize(input.Limit ?? 0, 'limit', 0)
}

/** MaxResults of ListUserPools: required, 1 to 60, and what is absent counts as 0 (aws-sdk-js-v3#2335). */
export function maxResultsOf(input: Input): number {
  return pageSize(input.MaxResults ?? 0, 'maxResults', 1)
}

/** Limit of AdminListGroupsForUser: its 0 is refused, under another name, whatever its documentation says (aws-sdk-js#2193). */
export function maxItemsOf(input: Input): number {
  return input.Limit === 0 ? pageSize(0, 'maxItems', 1) : limitOf(input)
}

function pageSize(value: unknown, name: string, least: number): number {
  const size = Number(value)
  const bound = size < least ? `greater than or equal to ${least}` : 'less than or equal to 60'
  if (size >= least && size <= 60) return size === 0 ? DEFAULT_PAGE : size
  throw invalidParameter(
    `1 validation error detected: Value '${value}' at '${name}' ${FAILED} Member must have value ${bound}`,
  )
}

const FAILED = 'failed to satisfy constraint:'

const camel = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)
