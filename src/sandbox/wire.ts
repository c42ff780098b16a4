import type { SandboxGroup } from './groups.ts'
import type { SandboxUser } from './people.ts'
import type { Pool } from './pool.ts'

/** JSON 1.1 writes a time as seconds since 1970, with the milliseconds behind the point. */
const seconds = (date: Date) => date.getTime() / 1_000

export const wireUser = (user: SandboxUser) => ({
  ...user,
  UserCreateDate: seconds(user.UserCreateDate),
  UserLastModifiedDate: seconds(user.UserLastModifiedDate),
})

export const wireGroup = (group: SandboxGroup, pool: Pool) => ({
  ...group,
  UserPoolId: pool.id,
  CreationDate: seconds(group.CreationDate),
  LastModifiedDate: seconds(group.LastModifiedDate),
})

/** A pool as ListUserPools gives it. */
export const wirePoolSummary = ({ id, name }: Pool) => ({
  Id: id,
  Name: name,
  LambdaConfig: {},
  CreationDate: POOL_CREATED,
  LastModifiedDate: POOL_CREATED,
})

/** A pool as DescribeUserPool gives it. */
export const wirePool = (pool: Pool) => ({
  ...wirePoolSummary(pool),
  Arn: pool.arn,
  EstimatedNumberOfUsers: pool.userCount,
  SchemaAttributes: pool.schema,
  MfaConfiguration: 'OFF',
  DeletionProtection: 'ACTIVE',
  UsernameConfiguration: { CaseSensitive: false },
})

const POOL_CREATED = Date.UTC(2018, 0, 1) / 1_000 + 0.123
