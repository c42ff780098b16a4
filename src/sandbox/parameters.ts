import { invalidParameter } from './errors.ts'

/** A request's parameters, as they came. */
export type Input = Readonly<Record<string, unknown>>

/** Page size where Limit is absent or 0 (aws-sdk-js-v3#7013). */
const DEFAULT_PAGE = 25

const MOST = 60

const POOL_ID = /^[\w-]+_[0-9a-zA-Z]+$/

const ARN = /^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:[\w+=/,.@-]*:[0-9]+:[\w+=/,.@-]+$/

/** @throws ServiceError InvalidParameterException when it is missing. */
export function requiredText(input: Input, name: string): string {
  const value = input[name]
  if (typeof value === 'string') return value
  throw invalidParameter(`1 validation error detected: Value at '${camel(name)}' ${FAILED} Member must not be null`)
}

export function optionalText(input: Input, name: string): string | undefined {
  return input[name] === undefined || input[name] === null ? undefined : requiredText(input, name)
}

/** The pool that a request names, by its id or within the ARN of ListTagsForResource; not checked. */
export function poolNamedIn({ UserPoolId, ResourceArn }: Input): unknown {
  return typeof ResourceArn === 'string' ? ResourceArn.split('userpool/')[1] : UserPoolId
}

export function poolIdOf(input: Input): string {
  const id = requiredText({ UserPoolId: poolNamedIn(input) }, 'UserPoolId')
  if (POOL_ID.test(id)) return id
  throw invalidParameter(
    `1 validation error detected: Value '${id}' at 'userPoolId' ${FAILED} Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+`,
  )
}

/** @throws ServiceError InvalidParameterException: no ResourceArn, or none that is an ARN. */
export function requireArn(input: Input): void {
  const arn = requiredText(input, 'ResourceArn')
  if (ARN.test(arn)) return
  throw invalidParameter(
    `1 validation error detected: Value '${arn}' at 'resourceArn' ${FAILED} Member must satisfy regular expression pattern: arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?`,
  )
}

/** Limit of the list operations, 0 to 60. */
export function limitOf(input: Input): number {
  return pageSize(input.Limit ?? 0, 'limit', 0)
}

interface Bounds {
  readonly least?: number
  readonly most?: number
}

/** MaxResults, where what is absent counts as 0: required wherever 0 is out of bounds (aws-sdk-js-v3#2335). */
export function maxResultsOf(input: Input, { least = 1, most = MOST }: Bounds = {}): number {
  return pageSize(input.MaxResults ?? 0, 'maxResults', least, most)
}

/** MaxResults where it may be absent and still must not be 0. */
export function optionalMaxResultsOf(input: Input, bounds: Bounds = {}): number {
  return maxResultsOf({ MaxResults: DEFAULT_PAGE, ...input }, bounds)
}

/** Limit of AdminListGroupsForUser: its 0 is refused, under another name, whatever its documentation says (aws-sdk-js#2193). */
export function maxItemsOf(input: Input): number {
  return input.Limit === 0 ? pageSize(0, 'maxItems', 1) : limitOf(input)
}

function pageSize(value: unknown, name: string, least: number, most = MOST): number {
  const size = Number(value)
  const bound = size < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`
  if (size >= least && size <= most) return size === 0 ? DEFAULT_PAGE : size
  throw invalidParameter(
    `1 validation error detected: Value '${value}' at '${name}' ${FAILED} Member must have value ${bound}`,
  )
}

const FAILED = 'failed to satisfy constraint:'

const camel = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)
