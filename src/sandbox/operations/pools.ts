import type { Cloud } from '../cloud.ts'
import { maxResultsOf, requireArn } from '../parameters.ts'
import { wire } from '../wire.ts'
import { type Call, cognito, isWithinReach, numbered, type Operations, pageOf, poolOf } from './call.ts'

/** What is asked of a pool as a whole. */
export const POOL_OPERATIONS: Operations = {
  ListUserPools: cognito('UserPoolRead', listUserPools),
  DescribeUserPool: cognito('UserPoolRead', describeUserPool),
  GetUserPoolMfaConfig: cognito('UserPoolResourceRead', getUserPoolMfaConfig),
  ListTagsForResource: cognito('UserPoolResourceRead', listTagsForResource),
}

function listUserPools(cloud: Cloud, call: Call) {
  const pools = [...cloud.pools.values()].filter((pool) => isWithinReach(pool, call.caller))
  const page = pageOf(cloud, call, 'NextToken', maxResultsOf(call.input), [], (after) => numbered(pools, after))
  return { UserPools: page.entries.map(({ item }) => wire(item.summary())), NextToken: page.token }
}

function describeUserPool(cloud: Cloud, call: Call) {
  return { UserPool: wire(poolOf(cloud, call).description()) }
}

function getUserPoolMfaConfig(cloud: Cloud, call: Call) {
  return poolOf(cloud, call).mfaConfiguration()
}

function listTagsForResource(cloud: Cloud, call: Call) {
  requireArn(call.input)
  return { Tags: poolOf(cloud, call).tags }
}
