import { Churn } from './churn.ts'
import type { Cloud, RequestCounts } from './cloud.ts'
import { tune } from './control.ts'
import { Faults } from './faults.ts'
import type { SandboxGroup } from './groups.ts'
import { CONTAINER_PATH } from './machine.ts'
import { Pager } from './paging.ts'
import type { SandboxUser } from './people.ts'
import { type Poison, poison } from './poison.ts'
import { Pool, type PoolOptions, type UserChange } from './pool.ts'
import { type Credentials, type PrincipalOptions, Principals, type RoleOptions } from './principals.ts'
import { Quota } from './quota.ts'
import { hash, Random } from './random.ts'
import { serve } from './server.ts'
import { PageTokens } from './tokens.ts'

/** A pool to be, with the users that are to give an import trouble. */
export interface SandboxPoolOptions extends PoolOptions {
  readonly poison?: Poison
}

export interface SandboxOptions extends SandboxPoolOptions {
  /** Default 0: a free port. */
  readonly port?: number
  /** Mean time to an answer. Default 0. */
  readonly latencyMs?: number
  /** All request quotas times this. Default 1, as AWS; 1,000 is as good as none. */
  readonly quota?: number
  /** Default one hour, as AWS. 0: no token is ever good. */
  readonly tokenLifetimeMs?: number
  /** How long a role's session lasts at most. Default one hour. */
  readonly sessionSeconds?: number
  /** Share of pages with fewer entries than Limit. Default 0.1. */
  readonly shortPages?: number
  /** Share of pages with no entry, but a token. Default 0.05. */
  readonly emptyPages?: number
  /** Every so many ListUsers requests a user comes, changes or goes. Default 0: never. */
  readonly churn?: number
  /** What the trust policy of the role asks for. */
  readonly externalId?: string
}

/** A running sandbox. What takes no pool works on the first one. */
export interface Sandbox {
  readonly endpoint: string
  readonly poolId: string
  readonly region: string
  readonly accountId: string
  /** Keys of an IAM user who may do everything. */
  readonly credentials: Credentials
  /** A role that may do everything, for those who name its external id. */
  readonly roleArn: string
  readonly externalId: string
  /** Where a container of that role finds its credentials; for an instance it is the endpoint itself. */
  readonly containerCredentials: string
  /** The first pool; `addPool` answers further ones. */
  readonly pool: Pool
  readonly faults: Faults
  readonly requests: Readonly<RequestCounts>
  /** The subs of those whom AdminGetUser was asked for: on AWS each would be billed as a monthly active user. */
  readonly billedUsers: ReadonlySet<string>
  /** Exactly what ListUsers lists at this moment, each user once. */
  users(): Iterable<SandboxUser>
  groups(): readonly SandboxGroup[]
  members(groupName: string): Iterable<SandboxUser>
  addUser(change?: UserChange, sub?: string): SandboxUser
  changeUser(user: string, change: UserChange): SandboxUser
  deleteUser(user: string): void
  addPool(options?: SandboxPoolOptions): Pool
  addPrincipal(options?: PrincipalOptions): Credentials
  /** @returns the role's ARN */
  addRole(options?: RoleOptions): string
  /** Ends all sessions of roles, though they were lent for longer. */
  endSessions(): void
  tune(settings: { quota?: number; latencyMs?: number }): void
  stop(): Promise<void>
}

/** Starts a Cognito (and STS) endpoint on this machine, with one pool in it, all of it decided by the seed. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { seed = 1, accountId = '123456789012', externalId = `sandbox-${hash(seed, 'external id')}` } = options
  const principals = new Principals(seed, accountId)
  const credentials = principals.add({ name: 'poolkeeper' })
  const roleArn = principals.addRole({ name: 'poolkeeper-reader', externalId })
  const cloud = createCloud(options, seed, principals, roleArn)
  const pool = addPool(cloud, { ...options, accountId, seed })
  const { endpoint, stop } = await serve(cloud, options.port ?? 0)
  return {
    ...{ endpoint, stop, accountId, credentials, roleArn, externalId, pool },
    containerCredentials: endpoint + CONTAINER_PATH,
    poolId: pool.id,
    region: pool.region,
    faults: cloud.faults,
    requests: cloud.requests,
    billedUsers: cloud.billedUsers,
    users: () => pool.users(),
    groups: () => pool.groups(),
    members: (groupName) => pool.members(groupName),
    addUser: (change, sub) => pool.addUser(change, sub),
    changeUser: (user, change) => pool.changeUser(user, change),
    deleteUser: (user) => pool.deleteUser(user),
    addPool: (more = {}) => addPool(cloud, { accountId, seed: seed + cloud.pools.size, ...more }),
    addPrincipal: (more) => cloud.principals.add(more),
    addRole: (more) => cloud.principals.addRole(more),
    endSessions: () => cloud.principals.endSessions(),
    tune: (settings) => tune(cloud, settings),
  }
}

function createCloud(options: SandboxOptions, seed: number, principals: Principals, roleArn: string): Cloud {
  const { shortPages = 0.1, emptyPages = 0.05, tokenLifetimeMs = 3_600_000, sessionSeconds = 3_600 } = options
  const tokens = new PageTokens(seed, tokenLifetimeMs)
  return {
    pools: new Map(),
    principals,
    machine: { roleArn, sessionSeconds },
    quota: new Quota(options.quota ?? 1),
    faults: new Faults(seed),
    pager: new Pager({ seed, tokens, shortPages, emptyPages }),
    churn: new Churn(seed, options.churn ?? 0),
    requests: { total: 0, throttled: 0, operations: {} },
    billedUsers: new Set(),
    latency: { meanMs: options.latencyMs ?? 0, random: new Random(hash(seed, 'latency')) },
  }
}

function addPool({ pools }: Cloud, options: SandboxPoolOptions): Pool {
  const pool = new Pool(options)
  if (pools.has(pool.id)) throw new RangeError(`there is already a pool ${pool.id}: give it another seed`)
  if (options.poison) poison(pool, options.poison)
  pools.set(pool.id, pool)
  return pool
}
