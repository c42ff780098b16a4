import type { MemberRecord } from '../pages.ts'
import { reject } from '../rowDraft.ts'
import type { Mapped, SourceTable } from '../sourceTable.ts'
import { isKeyGroupName, isKeySub, isStorable, toStorable } from '../values.ts'

export const groupMembers: SourceTable = {
  source: 'group_members',
  // There is no list of all memberships: each group is asked for its own.
  operations: ['ListGroups', 'ListUsersInGroup'],
  category: 'UserList',
  shape: () => ({
    table: 'group_members',
    comment: 'Which user belongs to which group',
    columns: [
      { name: 'group_name', type: 'text', comment: 'GroupName' },
      { name: 'sub', type: 'text', comment: 'Attribute sub of the user' },
      { name: 'username', type: 'text', comment: 'Username' },
    ],
    key: ['group_name', 'sub'],
  }),
  rowMapper: () => (record) => toRow(record as MemberRecord),
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
