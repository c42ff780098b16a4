import postgres from 'postgres'
import { expect, onTestFinished } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'

/** A row as a reader of the published views gets it. */
export type PublishedRow = Readonly<Record<string, unknown>>

/** All tables of a dataflow, each sorted by its key. */
export interface PublishedTables {
  readonly users: readonly PublishedRow[]
  readonly groups: readonly PublishedRow[]
  readonly group_members: readonly PublishedRow[]
}

/** A user as ListUsers answers it. */
export interface ListedUser {
  readonly Username?: string
  readonly Attributes?: readonly { readonly Name?: string; readonly Value?: string }[]
  readonly UserCreateDate?: Date
  readonly UserLastModifiedDate?: Date
  readonly Enabled?: boolean
  readonly UserStatus?: string
}

/** A group as ListGroups answers it. */
export interface ListedGroup {
  readonly GroupName?: string
  readonly Description?: string
  readonly RoleArn?: string
  readonly Precedence?: number
  readonly CreationDate?: Date
  readonly LastModifiedDate?: Date
}

/** A connection of somebody who only reads, with nothing of Poolkeeper's in between. */
export function openReader(databaseUrl: string): postgres.Sql {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  onTestFinished(() => sql.end())
  return sql
}

/** What the published views of a dataflow show; no rows for a table that it does not import. */
export async function readPublished(databaseUrl: string, schema: string): Promise<PublishedTables> {
  const sql = openReader(databaseUrl)
  const from = async (table: string, ...key: string[]): Promise<PublishedRow[]> => {
    const [view] = await sql`select to_regclass(${`${schema}.${table}`}) as found`
    if (!view?.found) return []
    const rows = await sql<PublishedRow[]>`select * from ${sql(schema)}.${sql(table)}`
    return sortByKey([...rows], key)
  }
  return {
    users: await from('users', 'sub'),
    groups: await from('groups', 'name'),
    group_members: await from('group_members', 'group_name', 'sub'),
  }
}

/** Row by row, so that a failure shows the first row that is wrong and not all of them. */
export function expectSameTables(actual: PublishedTables, expected: PublishedTables): void {
  for (const table of ['users', 'groups', 'group_members'] as const) {
    for (const [at, row] of actual[table].entries()) expect(row, `${table}, row ${at}`).toEqual(expected[table][at])
    expect(actual[table].length, `rows of ${table}`).toBe(expected[table].length)
  }
}

/** What they ought to show for the sandbox's pool as it is now. Worked out here, by nothing that the import uses. */
export function expectedTables(sandbox: Pick<Sandbox, 'users' | 'groups' | 'members'>): PublishedTables {
  const groups = sandbox.groups()
  return {
    users: sortByKey(
      [...sandbox.users()].map((user) => expectedUser(user)),
      ['sub'],
    ),
    groups: sortByKey(groups.map(expectedGroup), ['name']),
    group_members: expectedMembers(groups.map(({ GroupName }) => [GroupName, [...sandbox.members(GroupName)]])),
  }
}

const TEXTS = (
  'address birthdate family_name email gender given_name locale middle_name name nickname phone_number picture ' +
  'preferred_username profile website zoneinfo'
).split(' ')

/** The sandbox's custom attributes, one of each type. */
const SANDBOX_CUSTOM: CustomTypes = {
  'custom:plan': 'text',
  'custom:visits': 'numeric',
  'custom:joined_at': 'date',
  'custom:newsletter': 'boolean',
}

export type CustomTypes = Readonly<Record<string, keyof typeof DECODE>>

const DECODE = {
  text: (value: string): unknown => value,
  boolean: (value: string): unknown => value === 'true',
  date: (value: string): unknown => new Date(value),
  json: (value: string): unknown => JSON.parse(value),
  // postgres.js gives a numeric as text, so that nothing is rounded
  numeric: (value: string): unknown => value,
} as const

/** @param custom the pool's custom attributes; default: the sandbox's. */
export function expectedUser(user: ListedUser, custom: CustomTypes = SANDBOX_CUSTOM): PublishedRow {
  const sent = new Map(user.Attributes?.map(({ Name = '', Value = '' }) => [Name, Value]))
  const decoded = (name: string, type: keyof typeof DECODE) => {
    const value = sent.get(name)
    return value === undefined ? null : DECODE[type](value)
  }
  return {
    sub: sent.get('sub'),
    username: user.Username,
    status: user.UserStatus,
    enabled: user.Enabled,
    created_at: user.UserCreateDate,
    last_modified_at: user.UserLastModifiedDate,
    ...Object.fromEntries(TEXTS.map((name) => [name, decoded(name, 'text')])),
    email_verified: decoded('email_verified', 'boolean'),
    phone_number_verified: decoded('phone_number_verified', 'boolean'),
    updated_at: decoded('updated_at', 'numeric'),
    identities: decoded('identities', 'json'),
    mfa_options: null,
    raw_values: null,
    ...Object.fromEntries(
      Object.entries(custom).map(([name, type]) => [name.replace('custom:', 'custom_'), decoded(name, type)]),
    ),
  }
}

export function expectedGroup(group: ListedGroup): PublishedRow {
  return {
    name: group.GroupName,
    description: group.Description ?? null,
    role_arn: group.RoleArn ?? null,
    precedence: group.Precedence ?? null,
    created_at: group.CreationDate,
    last_modified_at: group.LastModifiedDate,
    raw_values: null,
  }
}

/** @param members each group's name with its users */
export function expectedMembers(members: readonly (readonly [string, readonly ListedUser[]])[]): PublishedRow[] {
  const rows = members.flatMap(([group_name, users]) =>
    users.map((user) => ({ group_name, sub: subOf(user), username: user.Username })),
  )
  return sortByKey(rows, ['group_name', 'sub'])
}

export function subOf({ Attributes }: ListedUser): string | undefined {
  return Attributes?.find(({ Name }) => Name === 'sub')?.Value
}

export function sortByKey<T extends PublishedRow>(rows: readonly T[], key: readonly string[]): T[] {
  const keyOf = (row: T) => JSON.stringify(key.map((name) => row[name]))
  return rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** How two sets of rows differ, as history counts it. */
export function countChanges(before: readonly PublishedRow[], after: readonly PublishedRow[], key: readonly string[]) {
  const byKey = (rows: readonly PublishedRow[]) =>
    new Map(rows.map((row) => [JSON.stringify(key.map((name) => row[name])), JSON.stringify(row)]))
  const [old, now] = [byKey(before), byKey(after)]
  const stayed = [...now.keys()].filter((one) => old.has(one))
  return {
    rows: now.size,
    added: now.size - stayed.length,
    removed: old.size - stayed.length,
    changed: stayed.filter((one) => old.get(one) !== now.get(one)).length,
  }
}
