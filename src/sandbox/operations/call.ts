import type { Cloud } from '../cloud.ts'
import { notFound, ServiceError } from '../errors.ts'
import type { Strikes } from '../faults.ts'
import type { Page } from '../paging.ts'
import { type Input, optionalText, poolIdOf } from '../parameters.ts'
import type { Pool } from '../pool.ts'
import type { Caller } from '../principals.ts'
import type { Category } from '../quota.ts'

/** One request that has passed all checks. */
export interface Call {
  readonly operation: string
  readonly input: Input
  readonly requestId: string
  readonly caller: Caller
  readonly strikes: Strikes
}

export interface Operation {
  readonly service: 'cognito-idp' | 'sts'
  /** The request-rate quota that it counts against. */
  readonly category?: Category
  answer(cloud: Cloud, call: Call): object
}

/** Operations by name. */
export type Operations = Readonly<Record<string, Operation>>

/** An operation of Cognito's. */
export const cognito = (category: Category, answer: Operation['answer']): Operation => ({
  service: 'cognito-idp',
  category,
  answer,
})

/** @throws ServiceError ResourceNotFoundException: no such pool, or one of another Region or account, or a deleted one. */
export function poolOf(cloud: Cloud, { input, caller, strikes }: Call): Pool {
  const id = poolIdOf(input)
  const pool = cloud.pools.get(id)
  const isMeant = pool && isWithinReach(pool, caller) && (input.ResourceArn ?? pool.arn) === pool.arn
  if (isMeant && !strikes.has('poolDeleted')) return pool
  throw notFound(`User pool ${id} does not exist.`)
}

export function isWithinReach(pool: Pool, { principal, region }: Caller): boolean {
  return pool.region === region && pool.accountId === principal.accountId
}

/** @param username or sub @throws ServiceError UserNotFoundException. */
export function subOf(pool: Pool, username: string): string {
  const sub = pool.subOf(username)
  if (sub !== undefined) return sub
  throw new ServiceError('UserNotFoundException', 'User does not exist.')
}

/** @param subject all parameters but the limit that the page's token is bound to */
export function pageOf<T extends { readonly cursor: string }>(
  cloud: Cloud,
  { operation, input, requestId, strikes }: Call,
  tokenField: 'NextToken' | 'PaginationToken',
  limit: number,
  subject: readonly string[],
  list: (after: string) => Iterable<T>,
): Page<T> {
  const binding = JSON.stringify([operation, limit, ...subject])
  return cloud.pager.page({ binding, token: optionalText(input, tokenField), limit, requestId, strikes }, list)
}

/** Entries of a short list, whose cursors are places. */
export function numbered<T>(items: readonly T[], after: string): { item: T; cursor: string }[] {
  const entries = items.map((item, place) => ({ item, cursor: String(place) }))
  return after === '' ? entries : entries.slice(Number(after) + 1)
}

/** Entries by name, whose cursors are their names: steady while others of them are deleted. */
export function named<T>(items: readonly T[], nameOf: (item: T) => string, after: string) {
  const entries = items.map((item) => ({ item, cursor: nameOf(item) }))
  return entries.filter(({ cursor }) => cursor > after).sort((a, b) => (a.cursor < b.cursor ? -1 : 1))
}
