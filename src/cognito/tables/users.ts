import { ListUsersCommand, type UserType } from '@aws-sdk/client-cognito-identity-provider'
import type { Column, ColumnType, PersonalKind, TableShape } from '../../db/table.ts'
import { customColumnName } from '../columnName.ts'
import { column, RAW_VALUES, type SourceColumn } from '../columns.ts'
import { personalKindOf } from '../customKind.ts'
import type { AttributeType, PoolAttribute } from '../describe.ts'
import { PAGE_SIZE, pagesOf } from '../pageSize.ts'
import { RowDraft, reject } from '../rowDraft.ts'
import { userStreams } from '../shards.ts'
import type { Listed, Mapped, PageRequest, SourceTable } from '../sourceTable.ts'
import { isKeySub } from '../values.ts'

const COLUMN_TYPES: Readonly<Record<AttributeType, ColumnType>> = {
  String: 'text',
  Number: 'numeric',
  DateTime: 'timestamptz',
  Boolean: 'boolean',
}

/** The standard attributes of OpenID Connect, which every pool has, and what each tells of a person. */
const STANDARD_ATTRIBUTES: Readonly<Record<string, PersonalKind>> = {
  address: 'location',
  birthdate: 'identifier',
  email: 'contact',
  email_verified: 'none',
  family_name: 'name',
  gender: 'identifier',
  given_name: 'name',
  locale: 'location',
  middle_name: 'name',
  name: 'name',
  nickname: 'name',
  phone_number: 'contact',
  phone_number_verified: 'none',
  picture: 'identifier',
  preferred_username: 'identifier',
  profile: 'identifier',
  updated_at: 'behaviour',
  website: 'contact',
  zoneinfo: 'location',
}

const STANDARD = Object.entries(STANDARD_ATTRIBUTES).map(([name, personal]) =>
  column(name, standardType(name), name, personal, 'a standard attribute'),
)

/** All but three are texts. */
function standardType(name: string): ColumnType {
  if (name.endsWith('_verified')) return 'boolean'
  return name === 'updated_at' ? 'numeric' : 'text'
}

const SUB = column('sub', 'text', 'sub', 'identifier', 'the attribute that is the id of the user, for ever')
const IDENTITIES = column(
  'identities',
  'jsonb',
  'identities',
  'identifier',
  'the attribute with the identity providers that a federated user comes from',
)

const FIXED: readonly SourceColumn[] = [
  SUB,
  column('username', 'text', 'Username', 'identifier'),
  column('status', 'text', 'UserStatus', 'none', 'UNCONFIRMED, CONFIRMED, EXTERNAL_PROVIDER, …'),
  column('enabled', 'boolean', 'Enabled', 'none'),
  column('created_at', 'timestamptz', 'UserCreateDate', 'behaviour'),
  column('last_modified_at', 'timestamptz', 'UserLastModifiedDate', 'behaviour'),
  ...STANDARD,
  IDENTITIES,
  column('mfa_options', 'jsonb', 'MFAOptions', 'credential'),
  RAW_VALUES,
]

/** The attributes whose column carries their own name. */
const NAMESAKES = new Map([SUB, ...STANDARD, IDENTITIES].map((column) => [column.name, column]))

export const users: SourceTable = {
  source: 'users',
  byDefault: true,
  operations: ['ListUsers'],
  rows: 'per user',
  sampleStream: () => ({ source: 'users', prefix: null }),
  requests: ({ users }) => ({ ListUsers: pagesOf(users) }),
  streams: ({ estimatedUsers }) => userStreams(estimatedUsers),
  listPage,
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

async function listPage({ pool, stream, token, signal }: PageRequest): Promise<Listed> {
  const Filter = stream.prefix ? `sub ^= "${stream.prefix}"` : undefined
  const request = { UserPoolId: pool.poolId, Limit: PAGE_SIZE, Filter, PaginationToken: token }
  const { Users = [], PaginationToken } = await pool.send(new ListUsersCommand(request), signal)
  return { records: Users, token: PaginationToken }
}

function customColumn({ name, type }: PoolAttribute): SourceColumn[] {
  const custom = customColumnName(name)
  return custom ? [column(custom, COLUMN_TYPES[type], name, personalKindOf(name), `a custom attribute (${type})`)] : []
}

type ColumnFinder = (attribute: string) => Column | undefined

/** Finds an attribute's column, working out each name once. Names without a column are not remembered: they may be many. */
function columnFinder(shape: TableShape): ColumnFinder {
  const found = new Map<string, Column>(NAMESAKES)
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
