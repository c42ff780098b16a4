import type { Cloud } from '../cloud.ts'
import { notFound } from '../errors.ts'
import { bySignUp } from '../listing.ts'
import { limitOf, maxItemsOf, requiredText } from '../parameters.ts'
import { wireGroup, wireUser } from '../wire.ts'
import { type Call, cognito, numbered, type Operations, pageOf, poolOf, subOf } from './call.ts'

/** What is asked of a pool's groups, and of who is in them. */
export const GROUP_OPERATIONS: Operations = {
  ListGroups: cognito('UserPoolResourceRead', listGroups),
  ListUsersInGroup: cognito('UserList', listUsersInGroup),
  AdminListGroupsForUser: cognito('UserResourceRead', adminListGroupsForUser),
}

function listGroups(cloud: Cloud, call: Call) {
  const limit = limitOf(call.input)
  const pool = poolOf(cloud, call)
  const page = pageOf(cloud, call, 'NextToken', limit, [pool.id], (after) => numbered(pool.groups(), after))
  return { Groups: page.entries.map(({ item }) => wireGroup(item, pool)), NextToken: page.token }
}

function listUsersInGroup(cloud: Cloud, call: Call) {
  const limit = limitOf(call.input)
  const group = requiredText(call.input, 'GroupName')
  const pool = poolOf(cloud, call)
  if (!pool.hasGroup(group)) throw notFound('Group not found.')
  const page = pageOf(cloud, call, 'NextToken', limit, [pool.id, group], (after) =>
    bySignUp(pool, after, (key) => pool.isMember(key, group)),
  )
  return { Users: page.entries.map(({ key }) => wireUser(pool.userAt(key))), NextToken: page.token }
}

function adminListGroupsForUser(cloud: Cloud, call: Call) {
  const limit = maxItemsOf(call.input)
  const user = requiredText(call.input, 'Username')
  const pool = poolOf(cloud, call)
  const groups = pool.groupsOf(subOf(pool, user))
  const page = pageOf(cloud, call, 'NextToken', limit, [pool.id, user], (after) => numbered(groups, after))
  return { Groups: page.entries.map(({ item }) => wireGroup(item, pool)), NextToken: page.token }
}
