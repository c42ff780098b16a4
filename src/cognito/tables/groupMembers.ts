import { ListUsersInGroupCommand, type UserType } from '@aws-sdk/client-cognito-identity-provider'
import { column } from '../columns.ts'
import { isGone } from '../errors.ts'
import { PAGE_SIZE } from '../pageSize.ts'
import { reject } from '../rowDraft.ts'
import type { Listed, Mapped, PageRequest, SourceTable } from '../sourceTable.ts'
import { isKeyGroupName, isKeySub, isStorable, toStorable } from '../values.ts'

/** A user, and the group that they were listed in. */
export interface MemberRecord {
  readonly group: string
  readonly user: UserType
}

export const groupMembers: SourceTable = {
  source: 'group_members',
  byDefault: true,
  // There is no list of all memberships: each group is asked for its own.
  operations: ['ListGroups', 'ListUsersInGroup'],
  category: 'UserList',
  rows: 'unknown',
  sampleStream: ([group]) => (group === undefined ? null : { source: 'group_members', group }),
  requests: ({ groups }) => ({ ListUsersInGroup: groups }),
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

/** A group that was deleted since it was listed has no members. */
async function listPage({ pool, stream, token, signal }: PageRequest): Promise<Listed> {
  const { group = '' } = stream
  const request = { UserPoolId: pool.poolId, GroupName: group, Limit: PAGE_SIZE, NextToken: token }
  try {
    const { Users = [], NextToken } = await pool.send(new ListUsersInGroupCommand(request), signal)
    return { records: Users.map((user): MemberRecord => ({ group, user })), token: NextToken }
  } catch (error) {
    if (isGone(error)) return { records: [], token: undefined }
    throw error
  }
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
