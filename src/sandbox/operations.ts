import type { Cloud } from './cloud.ts'
import { invalidParameter, notFound, ServiceError } from './errors.ts'
import type { Strikes } from './faults.ts'
import { parseFilter } from './filter.ts'
import { bySignUp, type Entry, everybody, filtered, without } from './listing.ts'
import type { Page } from './paging.ts'
import { type Input, limitOf, maxItemsOf, maxResultsOf, optionalText, poolIdOf, requiredText } from './parameters.ts'
import type { Pool } from './pool.ts'
import type { Caller } from './principals.ts'
import type { Quota } from './quota.ts'
import { wireGroup, wirePool, wirePoolSummary, wireUser } from './wire.ts'

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
  readonly category?: Parameters<Quota['charge']>[0]
  answer(cloud: Cloud, call: Call): object
}

/** Every operation that the sandbox knows, by name. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ListUserPools: { service: 'cognito-idp', category: 'UserPoolRead', answer: listUserPools },
  DescribeUserPool: { service: 'cognito-idp', category: 'UserPoolRead', answer: describeUserPool },
  ListUsers: { service: 'cognito-idp', category: 'UserList', answer: listUsers },
  ListUsersInGroup: { service: 'cognito-idp', category: 'UserList', answer: listUsersInGroup },
  ListGroups: { service: 'cognito-idp', category: 'UserPoolResourceRead', answer: listGroups },
  AdminListGroupsForUser: { service: 'cognito-idp', category: 'UserResourceRead', answer: adminListGroupsForUser },
  AssumeRole: { service: 'sts', answer: assumeRole },
}

function listUserPools(cloud: Cloud, call: Call) {
  const pools = [...cloud.pools.values()].filter((pool) => isWithinReach(pool, call.caller))
  const page = pageOf(cloud, call, 'NextToken', maxResultsOf(call.input), [], (after) => numbered(pools, after))
  return { UserPools: page.entries.map(({ item }) => wirePoolSummary(item)), NextToken: page.token }
}

function describeUserPool(cloud: Cloud, call: Call) {
  return { UserPool: wirePool(poolOf(cloud, call)) }
}

function listUsers(cloud: Cloud, call: Call) {
  const limit = limitOf(call.input)
  const filterText = optionalText(call.input, 'Filter') ?? ''
  if (call.strikes.has('filterRefused')) throw invalidParameter('Error while parsing filter.')
  const filter = parseFilter(filterText)
  const pool = poolOf(cloud, call)
  cloud.churn.requestSeen(pool)
  const lost = filter && call.strikes.has('losingFilter')
  if (lost && filter.value.startsWith(call.strikes.get('losingFilter')?.prefix ?? '')) return { Users: [] }
  const page = pageOf(cloud, call, 'PaginationToken', limit, [pool.id, filterText], (after) =>
    without(call.strikes.get('losingList')?.prefix, filter ? filtered(pool, after, filter) : everybody(pool, after)),
  )
  return { Users: usersOn(page, pool), PaginationToken: page.token }
}

function listUsersInGroup(cloud: Cloud, call: Call) {
  const limit = limitOf(call.input)
  const group = requiredText(call.input, 'GroupName')
  const pool = poolOf(cloud, call)
  if (!pool.hasGroup(group)) throw notFound('Group not found.')
  const page = pageOf(cloud, call, 'NextToken', limit, [pool.id, group], (after) =>
    bySignUp(pool, after, (key) => pool.isMember(key, group)),
  )
  return { Users: usersOn(page, pool), NextToken: page.token }
}

function listGroups(cloud: Cloud, call: Call) {
  const limit = limitOf(call.input)
  const pool = poolOf(cloud, call)
  const page = pageOf(cloud, call, 'NextToken', limit, [pool.id], (after) => numbered(pool.groups(), after))
  return { Groups: page.entries.map(({ item }) => wireGroup(item, pool)), NextToken: page.token }
}

function adminListGroupsForUser(cloud: Cloud, call: Call) {
  const limit = maxItemsOf(call.input)
  const user = requiredText(call.input, 'Username')
  const pool = poolOf(cloud, call)
  if (pool.subOf(user) === undefined) throw new ServiceError('UserNotFoundException', 'User does not exist.')
  const groups = pool.groupsOf(user)
  const page = pageOf(cloud, call, 'NextToken', limit, [pool.id, user], (after) => numbered(groups, after))
  return { Groups: page.entries.map(({ item }) => wireGroup(item, pool)), NextToken: page.token }
}

function assumeRole(cloud: Cloud, { input, caller }: Call) {
  const session = requiredText(input, 'RoleSessionName')
  const { arn, credentials, expiresAt } = cloud.principals.assumeRole(
    caller.principal,
    requiredText(input, 'RoleArn'),
    optionalText(input, 'ExternalId'),
    session,
    Number(input.DurationSeconds ?? 3_600),
  )
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: new Date(expiresAt).toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: `AROASANDBOX:${session}`, Arn: arn },
  }
}

/** @throws ServiceError ResourceNotFoundException: no such pool, or one of another Region or account, or a deleted one. */
function poolOf(cloud: Cloud, { input, caller, strikes }: Call): Pool {
  const id = poolIdOf(input)
  const pool = cloud.pools.get(id)
  if (pool && isWithinReach(pool, caller) && !strikes.has('poolDeleted')) return pool
  throw notFound(`User pool ${id} does not exist.`)
}

function isWithinReach(pool: Pool, { principal, region }: Caller): boolean {
  return pool.region === region && pool.accountId === principal.accountId
}

function pageOf<T extends { readonly cursor: string }>(
  cloud: Cloud,
  { operation, input, requestId, strikes }: Call,
  tokenField: string,
  limit: number,
  subject: readonly string[],
  list: (after: string) => Iterable<T>,
): Page<T> {
  const binding = JSON.stringify([operation, limit, ...subject])
  return cloud.pager.page({ binding, token: optionalText(input, tokenField), limit, requestId, strikes }, list)
}

const usersOn = (page: Page<Entry>, pool: Pool) => page.entries.map(({ key }) => wireUser(pool.userAt(key)))

/** Entries of a short list, whose cursors are places. */
function numbered<T>(items: readonly T[], after: string): { item: T; cursor: string }[] {
  const entries = items.map((item, place) => ({ item, cursor: String(place) }))
  return after === '' ? entries : entries.slice(Number(after) + 1)
}
