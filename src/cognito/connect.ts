import {
  AdminListDevicesCommand,
  AdminListGroupsForUserCommand,
  AdminListUserAuthEventsCommand,
  DescribeIdentityProviderCommand,
  DescribeUserPoolClientCommand,
  GetUserPoolMfaConfigCommand,
  ListGroupsCommand,
  ListIdentityProvidersCommand,
  ListResourceServersCommand,
  ListUserImportJobsCommand,
  ListUserPoolClientsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { type CauseCode, PoolkeeperError } from '../errors.ts'
import type { PoolClient } from './client.ts'
import { describePool, type PoolDescription } from './describe.ts'
import { isFeatureOff, isGone } from './errors.ts'
import { neededOperations } from './policy.ts'
import type { Operation } from './quotas.ts'

/** Whether one permission that the dataflow needs is there. */
export interface ConnectionCheck {
  /** The IAM action: `cognito-idp:ListUsers`. */
  readonly action: string
  /** The first table that needs it; null for the pool itself. */
  readonly table: string | null
  /** Null where trying it out would have a price; the description says so. */
  readonly ok: boolean | null
  readonly code?: CauseCode
  readonly description?: string
}

export interface ConnectionReport {
  /** Absent when the pool could not be described. */
  readonly pool?: PoolDescription
  /** One for each permission, in order; it ends at the first fault that they all would share, such as an unknown key. */
  readonly checks: readonly ConnectionCheck[]
}

/** Faults of one permission; every other one (key, secret, pool, network) would befall all the rest alike. */
const OF_ONE_PERMISSION: ReadonlySet<CauseCode> = new Set(['permission-missing', 'request-refused'])

/** Named where nothing has to exist: "no such group" is said only to who may ask. A client's id is letters and digits. */
const ABSENT = 'PoolkeeperConnectionTest'

/** AWS bills the users that it is asked for with this (https://aws.amazon.com/cognito/pricing/). */
const BILLED: Operation = 'AdminGetUser'

const NOT_TRIED = 'Not tried out, because AWS bills the user that it is asked for.'

/**
 * Tries out what importing these tables needs, one cheap request for each operation.
 * Reports faults of the connection instead of throwing them.
 * @throws the signal's reason once it is aborted.
 */
export async function checkConnection(
  pool: PoolClient,
  sources: readonly string[],
  signal?: AbortSignal,
): Promise<ConnectionReport> {
  const found: Found = { group: ABSENT }
  const checks: ConnectionCheck[] = []
  for (const { operation, table } of neededOperations(sources)) {
    const outcome = await tryOut(operation, pool, found, signal)
    checks.push({ action: `cognito-idp:${operation}`, table, ...outcome })
    if (outcome.code && !OF_ONE_PERMISSION.has(outcome.code)) break
  }
  return { ...(found.description && { pool: found.description }), checks }
}

/** The permissions that are not there. */
export function faultsAmong(checks: readonly ConnectionCheck[]): ConnectionCheck[] {
  return checks.filter(({ ok }) => ok === false)
}

async function tryOut(
  operation: Operation,
  pool: PoolClient,
  found: Found,
  signal?: AbortSignal,
): Promise<Omit<ConnectionCheck, 'action' | 'table'>> {
  if (operation === BILLED) return { ok: null, description: NOT_TRIED }
  const attempt = TRY[operation]
  if (!attempt) throw new RangeError(`No way is known to try out ${operation}; add it to connect.ts.`)
  const fault = await faultOf(attempt(pool, found, signal))
  return fault ? { ok: false, code: fault.code, description: fault.description } : { ok: true }
}

/** What one request found out for the next. */
interface Found {
  description?: PoolDescription
  group: string
}

type Try = (pool: PoolClient, found: Found, signal?: AbortSignal) => Promise<unknown>

const TRY: Readonly<Partial<Record<Operation, Try>>> = {
  async DescribeUserPool(pool, found, signal) {
    found.description = await describePool(pool, signal)
  },
  ListUsers: (pool, _found, signal) => pool.send(new ListUsersCommand({ UserPoolId: pool.poolId, Limit: 1 }), signal),
  async ListGroups(pool, found, signal) {
    const { Groups } = await pool.send(new ListGroupsCommand({ UserPoolId: pool.poolId, Limit: 1 }), signal)
    found.group = Groups?.[0]?.GroupName ?? ABSENT
  },
  ListUsersInGroup: (pool, { group }, signal) =>
    pool.send(new ListUsersInGroupCommand({ UserPoolId: pool.poolId, GroupName: group, Limit: 1 }), signal),
  AdminListGroupsForUser: (pool, _found, signal) =>
    pool.send(new AdminListGroupsForUserCommand({ ...absentUser(pool), Limit: 1 }), signal),
  AdminListDevices: (pool, _found, signal) =>
    pool.send(new AdminListDevicesCommand({ ...absentUser(pool), Limit: 1 }), signal),
  AdminListUserAuthEvents: (pool, _found, signal) =>
    pool.send(new AdminListUserAuthEventsCommand({ ...absentUser(pool), MaxResults: 1 }), signal),
  GetUserPoolMfaConfig: ({ poolId: UserPoolId, send }, _found, signal) =>
    send(new GetUserPoolMfaConfigCommand({ UserPoolId }), signal),
  ListUserPoolClients: ({ poolId: UserPoolId, send }, _found, signal) =>
    send(new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 1 }), signal),
  DescribeUserPoolClient: ({ poolId: UserPoolId, send }, _found, signal) =>
    send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId: ABSENT }), signal),
  ListIdentityProviders: ({ poolId: UserPoolId, send }, _found, signal) =>
    send(new ListIdentityProvidersCommand({ UserPoolId, MaxResults: 1 }), signal),
  DescribeIdentityProvider: ({ poolId: UserPoolId, send }, _found, signal) =>
    send(new DescribeIdentityProviderCommand({ UserPoolId, ProviderName: ABSENT }), signal),
  ListResourceServers: ({ poolId: UserPoolId, send }, _found, signal) =>
    send(new ListResourceServersCommand({ UserPoolId, MaxResults: 1 }), signal),
  ListUserImportJobs: ({ poolId: UserPoolId, send }, _found, signal) =>
    send(new ListUserImportJobsCommand({ UserPoolId, MaxResults: 1 }), signal),
}

const absentUser = ({ poolId }: PoolClient) => ({ UserPoolId: poolId, Username: ABSENT })

async function faultOf(request: Promise<unknown>): Promise<PoolkeeperError | undefined> {
  try {
    await request
    return undefined
  } catch (error) {
    if (isGone(error) || isFeatureOff(error)) return undefined
    if (error instanceof PoolkeeperError) return error
    throw error
  }
}
