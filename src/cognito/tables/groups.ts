import type { GroupType } from '@aws-sdk/client-cognito-identity-provider'
import { RAW_VALUES, RowDraft, reject } from '../rowDraft.ts'
import type { Mapped, SourceTable } from '../sourceTable.ts'
import { isKeyGroupName } from '../values.ts'

export const groups: SourceTable = {
  source: 'groups',
  operations: ['ListGroups'],
  category: 'UserPoolResourceRead',
  shape: () => ({
    table: 'groups',
    comment: 'The groups of the pool',
    columns: [
      { name: 'name', type: 'text', comment: 'GroupName' },
      { name: 'description', type: 'text', comment: 'Description' },
      { name: 'role_arn', type: 'text', comment: 'RoleArn' },
      { name: 'precedence', type: 'integer', comment: 'Precedence: of several groups of a user the lowest one counts' },
      { name: 'created_at', type: 'timestamptz', comment: 'CreationDate' },
      { name: 'last_modified_at', type: 'timestamptz', comment: 'LastModifiedDate' },
      RAW_VALUES,
    ],
    key: ['name'],
    newest: 'last_modified_at',
  }),
  rowMapper: () => (record) => toRow(record as GroupType),
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
