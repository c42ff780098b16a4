import type { UserType } from '@aws-sdk/client-cognito-identity-provider'
import type { Column, ColumnType, TableShape } from '../../db/table.ts'
import { customColumnName } from '../columnName.ts'
import type { AttributeType, PoolAttribute } from '../describe.ts'
import { RAW_VALUES, RowDraft, reject } from '../rowDraft.ts'
import type { Mapped, SourceTable } from '../sourceTable.ts'
import { isKeySub } from '../values.ts'

const COLUMN_TYPES: Readonly<Record<AttributeType, ColumnType>> = {
  String: 'text',
  Number: 'numeric',
  DateTime: 'timestamptz',
  Boolean: 'boolean',
}

/** The standard attributes of OpenID Connect, which every pool has. All but three are texts. */
const STANDARD: readonly Column[] = [
  'address',
  'birthdate',
  'email',
  'email_verified',
  'family_name',
  'gender',
  'given_name',
  'locale',
  'middle_name',
  'name',
  'nickname',
  'phone_number',
  'phone_number_verified',
  'picture',
  'preferred_username',
  'profile',
  'updated_at',
  'website',
  'zoneinfo',
].map((name) => ({ name, type: standardType(name), comment: `Standard attribute ${name}` }))

function standardType(name: string): ColumnType {
  if (name.endsWith('_verified')) return 'boolean'
  return name === 'updated_at' ? 'numeric' : 'text'
}

const SUB: Column = { name: 'sub', type: 'text', comment: 'Attribute sub: the id of the user, for ever' }
const IDENTITIES: Column = {
  name: 'identities',
  type: 'jsonb',
  comment: 'Attribute identities: the identity providers that a federated user comes from',
}

const FIXED: readonly Column[] = [
  SUB,
  { name: 'username', type: 'text', comment: 'Username' },
  { name: 'status', type: 'text', comment: 'UserStatus: UNCONFIRMED, CONFIRMED, EXTERNAL_PROVIDER, …' },
  { name: 'enabled', type: 'boolean', comment: 'Enabled' },
  { name: 'created_at', type: 'timestamptz', comment: 'UserCreateDate' },
  { name: 'last_modified_at', type: 'timestamptz', comment: 'UserLastModifiedDate' },
  ...STANDARD,
  IDENTITIES,
  { name: 'mfa_options', type: 'jsonb', comment: 'MFAOptions' },
  RAW_VALUES,
]

/** The attributes whose column carries their own name. */
const NAMESAKES = new Map([SUB, ...STANDARD, IDENTITIES].map((column) => [column.name, column]))

export const users: SourceTable = {
  source: 'users',
  operations: ['ListUsers'],
  category: 'UserList',
  shape: (attributes) => ({
    table: 'users',
    comment: 'The users of the pool',
    columns: [...FIXED, ...(attributes ?? []).flatMap(customColumn)],
    key: ['sub'],
    newest: 'last_modified_at',
  }),
  rowMapper(shape) {
    const columnOf = columnFinder(shape)
    return (record) => toRow(record as UserType, columnOf)
  },
}

function customColumn({ name, type }: PoolAttribute): Column[] {
  const column = customColumnName(name)
  return column ? [{ name: column, type: COLUMN_TYPES[type], comment: `Attribute ${name} (${type})` }] : []
}

type ColumnFinder = (attribute: string) => Column | undefined

/** Finds an attribute's column, working out each name once. Names without a column are not remembered: they may be many. */
function columnFinder(shape: TableShape): ColumnFinder {
  const found = new Map(NAMESAKES)
  const columns = new Map(shape.columns.map((column) => [column.name, column]))
  return (attribute) => {
    const known = found.get(attribute)
    if (known) return known
    const column = columns.get(customColumnName(attribute) ?? '')
    if (column) found.set(attribute, column)
    return column
  }
}

function toRow(user: UserType, columnOf: ColumnFinder): Mapped {
  const draft = new RowDraft()
  draft.text('username', 'Username', user.Username)
  draft.text('status', 'UserStatus', user.UserStatus)
  draft.boolean('enabled', user.Enabled)
  draft.date('created_at', 'UserCreateDate', user.UserCreateDate)
  draft.date('last_modified_at', 'UserLastModifiedDate', user.UserLastModifiedDate)
  draft.json('mfa_options', 'MFAOptions', user.MFAOptions)
  addAttributes(draft, user, columnOf)
  if (draft.isRaw('sub')) return reject('the sub of the user is ambiguous or cannot be stored', user)
  const mapped = draft.finish()
  const sub = 'row' in mapped ? mapped.row.sub : undefined
  if (!sub) return reject('the user has no sub', user)
  return isKeySub(String(sub)) ? mapped : reject('the sub of the user is too long for a key', user)
}

/** From the last to the first: of attributes with the same name the last one counts, and the earlier ones are kept. */
function addAttributes(draft: RowDraft, { Attributes = [] }: UserType, columnOf: ColumnFinder): void {
  for (let i = Attributes.length - 1; i >= 0; i--) {
    const { Name = '', Value } = Attributes[i] ?? {}
    if (Value === undefined) continue
    const column = columnOf(Name)
    if (!column || draft.has(column.name, Name)) draft.keep(Name, Value)
    else draft.value(column.name, column.type, Name, Value)
  }
}
