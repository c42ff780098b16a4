import {
  AdminListGroupsForUserCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { PoolClient } from '../client.ts'
import { column } from '../columns.ts'
import { unlessGone } from '../errors.ts'
import { PAGE_SIZE, pagesOf } from '../pageSize.ts'
import { reject } from '../rowDraft.ts'
import type { Listed, Mapped, PageRequest, PoolSize, Requests, SourceTable } from '../sourceTable.ts'
import { askEach, wholeList } from '../userByUser.ts'
import { isKeyGroupName, isKeySub, isStorable, toStorable } from '../values.ts'

/** A user, and the group that they were listed in. */
export interface MemberRecord {
  readonly group: string
  readonly user: UserType
}

export const groupMembers: SourceTable = {
  source: 'group_members',
  byDefault: true,
  // There is no list of all memberships: each group is asked for its own, or each user.
  operations: ['ListGroups', 'ListUsersInGroup', 'ListUsers', 'AdminListGroupsForUser'],
  rows: 'unknown',
  sampleStream: ([group]) => (group === undefined ? null : { source: 'group_members', group }),
  requests,
  way: (size) => (membersPerUser(size) ? 'user by user' : 'group by group'),
  // The stream of the groups finds the streams of their members.
  streams: () => [{ source: 'groups' }],
  listPage,
  shape: () => ({
    table: 'group_members',
    comment: 'Which user belongs to which group',
    columns: [
      column('group_name', 'text', 'GroupName', 'none'),
      column('sub', 'text', 'sub', 'identifier', 'the attribute of the user'),
      column('username', 'text', 'Username', 'identifier'),
    ],
    key: ['group_name', 'sub'],
  }),
  leftOut: Object.fromEntries(
    ['Attributes', 'UserCreateDate', 'UserLastModifiedDate', 'Enabled', 'UserStatus', 'MFAOptions'].map((field) => [
      field,
      'of the user, not of the membership: the table users has it',
    ]),
  ),
  rowMapper: () => (record) => toRow(record as MemberRecord),
}

/**
 * Whether asking each user for their groups takes fewer requests than asking each group for its members. Up to a page of
 * groups that saves next to nothing, and the number of users is an estimate, which may be hours old.
 */
export function membersPerUser({ users, groups }: Pick<PoolSize, 'users' | 'groups'>): boolean {
  return groups > Math.max(users, PAGE_SIZE)
}

function requests({ users, groups }: PoolSize): Requests {
  return membersPerUser({ users, groups })
    ? { ListUsers: pagesOf(users), AdminListGroupsForUser: users }
    : { ListUsersInGroup: groups }
}

function listPage(request: PageRequest): Promise<Listed> {
  return request.stream.per === 'user' ? listPerUser(request) : listGroup(request)
}

async function listPerUser({ pool, token, signal }: PageRequest): Promise<Listed> {
  const request = { UserPoolId: pool.poolId, Limit: PAGE_SIZE, PaginationToken: token }
  const { Users = [], PaginationToken } = await pool.send(new ListUsersCommand(request), signal)
  const members = await askEach(Users, signal, (user, stop) => membershipsOf(pool, user, stop))
  return { records: members.flat(), token: PaginationToken }
}

async function membershipsOf(pool: PoolClient, user: UserType, signal: AbortSignal): Promise<MemberRecord[]> {
  const request = { UserPoolId: pool.poolId, Username: user.Username, Limit: PAGE_SIZE }
  const { records } = await wholeList(async (token) => {
    const command = new AdminListGroupsForUserCommand({ ...request, NextToken: token })
    const { Groups = [], NextToken } = await pool.send(command, signal)
    return { records: Groups, token: NextToken }
  })
  return records.map(({ GroupName = '' }) => ({ group: GroupName, user }))
}

/** A group that was deleted since it was listed has no members. */
async function listGroup({ pool, stream, token, signal }: PageRequest): Promise<Listed> {
  const { group = '' } = stream
  const request = { UserPoolId: pool.poolId, GroupName: group, Limit: PAGE_SIZE, NextToken: token }
  const page = await unlessGone(pool.send(new ListUsersInGroupCommand(request), signal))
  return { records: (page?.Users ?? []).map((user): MemberRecord => ({ group, user })), token: page?.NextToken }
}

function toRow(record: MemberRecord): Mapped {
  const { group, user } = record
  const sub = user.Attributes?.findLast(({ Name }) => Name === 'sub')?.Value
  if (!sub) return reject('the member has no sub', record)
  if (!isKeySub(sub) || !isKeyGroupName(group)) return reject('the key of the membership cannot be stored', record)
  const row = { group_name: group, sub }
  const { Username } = user
  if (Username === undefined) return { row, warnings: 0 }
  return { row: { ...row, username: toStorable(Username) }, warnings: isStorable(Username) ? 0 : 1 }
}
