import { type GroupType, ListGroupsCommand } from '@aws-sdk/client-cognito-identity-provider'
import { column, RAW_VALUES, SAME_POOL } from '../columns.ts'
import { PAGE_SIZE, pagesOf } from '../pageSize.ts'
import { RowDraft, reject } from '../rowDraft.ts'
import type { Listed, Mapped, PageRequest, SourceTable } from '../sourceTable.ts'
import { isKeyGroupName } from '../values.ts'

export const groups: SourceTable = {
  source: 'groups',
  byDefault: true,
  operations: ['ListGroups'],
  rows: 'listed',
  sampleStream: () => ({ source: 'groups' }),
  requests: ({ groups }) => ({ ListGroups: pagesOf(groups) }),
  streams: () => [{ source: 'groups' }],
  listPage,
  shape: () => ({
    table: 'groups',
    comment: 'The groups of the pool',
    columns: [
      column('name', 'text', 'GroupName', 'none'),
      column('description', 'text', 'Description', 'none'),
      column('role_arn', 'text', 'RoleArn', 'none'),
      column('precedence', 'integer', 'Precedence', 'none', 'of several groups of a user the lowest one counts'),
      column('created_at', 'timestamptz', 'CreationDate', 'none'),
      column('last_modified_at', 'timestamptz', 'LastModifiedDate', 'none'),
      RAW_VALUES,
    ],
    key: ['name'],
    newest: 'last_modified_at',
  }),
  leftOut: SAME_POOL,
  rowMapper: () => (record) => toRow(record as GroupType),
}

async function listPage({ pool, token, signal }: PageRequest): Promise<Listed> {
  const request = { UserPoolId: pool.poolId, Limit: PAGE_SIZE, NextToken: token }
  const { Groups = [], NextToken } = await pool.send(new ListGroupsCommand(request), signal)
  return { records: Groups, token: NextToken }
}

/**
 * The names that a page of groups holds: each wants a stream of its members. Without those that can be no key,
 * whose groups are kept aside.
 */
export function groupNames(records: readonly unknown[]): string[] {
  return records.flatMap((record) => {
    const { GroupName } = record as GroupType
    return GroupName && isKeyGroupName(GroupName) ? [GroupName] : []
  })
}

function toRow(group: GroupType): Mapped {
  if (!group.GroupName) return reject('the group has no name', group)
  if (!isKeyGroupName(group.GroupName)) return reject('the name of the group cannot be stored', group)
  const draft = new RowDraft()
  draft.text('name', 'GroupName', group.GroupName)
  draft.text('description', 'Description', group.Description)
  draft.text('role_arn', 'RoleArn', group.RoleArn)
  if (group.Precedence !== undefined) draft.value('precedence', 'integer', 'Precedence', String(group.Precedence))
  draft.date('created_at', 'CreationDate', group.CreationDate)
  draft.date('last_modified_at', 'LastModifiedDate', group.LastModifiedDate)
  return draft.finish()
}
