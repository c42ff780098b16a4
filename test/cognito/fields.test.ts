import {
  AdminGetUserResponse$,
  AuthEventType$,
  DeviceType$,
  GetUserPoolMfaConfigResponse$,
  GroupType$,
  IdentityProviderType$,
  ResourceServerType$,
  UserImportJobType$,
  UserPoolClientType$,
  UserPoolType$,
  UserType$,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, test } from 'vitest'
import { CATALOGUE, sourceTable } from '../../src/cognito/catalogue.ts'
import type { ColumnType, Row } from '../../src/db/table.ts'
import { type Answer, scripted } from './scripted.ts'
import { filledRecord, type Leaf } from './sdkTypes.ts'

const FITTING: Readonly<Record<ColumnType, string>> = {
  text: 'a text',
  boolean: 'true',
  integer: '1',
  bigint: '1',
  numeric: '1.5',
  timestamptz: '2024-01-01',
  jsonb: '[1]',
}

/** A user who has, beside an attribute that nobody knows, every attribute that has a column. */
function filledUser() {
  const { record, leaves } = filledRecord(UserType$)
  const ofAttributes = sourceTable('users')
    .shape(null)
    .columns.filter(({ field }) => !(field in record) && field !== 'raw_values')
    .map(({ field, type }) => ({ Name: field, Value: FITTING[type] }))
  return { leaves, record: { ...record, Attributes: [...(record.Attributes as object[]), ...ofAttributes] } }
}

interface Source {
  /** What a record of the table is made of: all of it must come through. */
  readonly leaves: readonly Leaf[]
  readonly answers: Readonly<Record<string, Answer>>
}

/** Each table with a pool that has one record of it, in which every field of the SDK's type is filled. */
const SOURCES: Readonly<Record<string, () => Source>> = {
  users() {
    const { leaves, record } = filledUser()
    return { leaves, answers: { ListUsers: { Users: [record] } } }
  },
  groups() {
    const { leaves, record } = filledRecord(GroupType$)
    return { leaves, answers: { ListGroups: { Groups: [record] } } }
  },
  group_members() {
    const { leaves, record } = filledUser()
    return { leaves, answers: { ListUsersInGroup: { Users: [record] } } }
  },
  user_pool() {
    const { leaves, record } = filledRecord(UserPoolType$)
    const mfa = filledRecord(GetUserPoolMfaConfigResponse$)
    const answers = { DescribeUserPool: { UserPool: record }, GetUserPoolMfaConfig: mfa.record }
    return { leaves: [...leaves, ...mfa.leaves], answers }
  },
  user_pool_clients() {
    const { leaves, record } = filledRecord(UserPoolClientType$)
    const listed = { UserPoolClients: [{ ClientId: 'c' }] }
    return { leaves, answers: { ListUserPoolClients: listed, DescribeUserPoolClient: { UserPoolClient: record } } }
  },
  identity_providers() {
    const { leaves, record } = filledRecord(IdentityProviderType$)
    const listed = { Providers: [{ ProviderName: 'p' }] }
    return {
      leaves,
      answers: { ListIdentityProviders: listed, DescribeIdentityProvider: { IdentityProvider: record } },
    }
  },
  resource_servers() {
    const { leaves, record } = filledRecord(ResourceServerType$)
    return { leaves, answers: { ListResourceServers: { ResourceServers: [record] } } }
  },
  user_import_jobs() {
    const { leaves, record } = filledRecord(UserImportJobType$)
    return { leaves, answers: { ListUserImportJobs: { UserImportJobs: [record] } } }
  },
  user_mfa() {
    const { leaves, record } = filledRecord(AdminGetUserResponse$)
    return { leaves, answers: { AdminGetUser: record } }
  },
  user_devices() {
    const { leaves, record } = filledRecord(DeviceType$)
    const named = ['device_name', 'device_status', 'last_ip_used'].map((Name) => ({ Name, Value: `the ${Name}` }))
    const DeviceAttributes = [...(record.DeviceAttributes as object[]), ...named]
    return { leaves, answers: { AdminListDevices: { Devices: [{ ...record, DeviceAttributes }] } } }
  },
  user_auth_events() {
    const { leaves, record } = filledRecord(AuthEventType$)
    return { leaves, answers: { AdminListUserAuthEvents: { AuthEvents: [record] } } }
  },
}

/** The row that the table makes of its one record, all the way from what Cognito sends. */
async function importedRow(source: string, { answers }: Source): Promise<Row> {
  const { pool } = await scripted(({ operation }) => answers[operation] ?? { error: 'UnknownOperationException' })
  const table = sourceTable(source)
  const stream = { source, group: 'g' }
  const users = [{ sub: 's', username: 'u' }]
  const signal = AbortSignal.timeout(10_000)
  const { records } = await table.listPage({ pool, stream, token: undefined, users, signal })
  const [mapped, ...others] = records.map(table.rowMapper(table.shape(null)))
  expect(others).toEqual([])
  if (!mapped || !('row' in mapped)) return expect.unreachable(`no row: ${JSON.stringify(mapped)}`)
  return mapped.row
}

/** Whether the row holds the value of this leaf. One `true` is like another: those must lie within a column's field. */
function isHeld({ path, value, isDate }: Leaf, source: string, row: Row): boolean {
  if (typeof value === 'boolean') {
    const fields = sourceTable(source)
      .shape(null)
      .columns.map(({ field }) => field)
    return fields.some((field) => path === field || path.startsWith(`${field}.`))
  }
  return JSON.stringify(row).includes(isDate ? new Date(Number(value) * 1000).toISOString() : String(value))
}

/** The fields that are neither a column, nor kept, nor named as left out; and those that are there despite being so. */
async function wrongFields(source: string, sample: Source) {
  const row = await importedRow(source, sample)
  const leftOut = Object.keys(sourceTable(source).leftOut ?? {})
  const isLeftOut = ({ path }: Leaf) => leftOut.some((field) => path === field || path.startsWith(`${field}.`))
  const paths = (leaves: Leaf[]) => leaves.map(({ path }) => path)
  return {
    lost: paths(sample.leaves.filter((leaf) => !isLeftOut(leaf) && !isHeld(leaf, source, row))),
    heldAfterAll: paths(sample.leaves.filter((leaf) => isLeftOut(leaf) && isHeld(leaf, source, row))),
  }
}

const NOTHING = { lost: [], heldAfterAll: [] }

describe.each(Object.entries(SOURCES))('%s', (source, sampleOf) => {
  test("holds every field of the SDK's type, or names it as left out with its reason", async () => {
    expect(await wrongFields(source, sampleOf())).toEqual(NOTHING)
    for (const reason of Object.values(sourceTable(source).leftOut ?? {})) expect(reason).toMatch(/\w{4}/)
  })

  test('fills each of its columns', async () => {
    const row = await importedRow(source, sampleOf())
    const empty = sourceTable(source)
      .shape(null)
      .columns.filter(({ name }) => row[name] === undefined)
    expect(empty.map(({ name }) => name).filter((name) => name !== 'raw_values')).toEqual([])
  })

  test('has columns whose names fit Postgres and do not collide', () => {
    const names = sourceTable(source)
      .shape(null)
      .columns.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][a-z_]{1,62}$/)
  })
})

test('every table of the catalogue that lists what a pool holds is looked at here', () => {
  expect([...CATALOGUE.keys()].sort()).toEqual(Object.keys(SOURCES).sort())
})

test.each([
  ['users', UserType$],
  ['groups', GroupType$],
  ['user_pool', UserPoolType$],
  ['user_pool_clients', UserPoolClientType$],
  ['identity_providers', IdentityProviderType$],
  ['resource_servers', ResourceServerType$],
  ['user_import_jobs', UserImportJobType$],
  ['user_mfa', AdminGetUserResponse$],
  ['user_devices', DeviceType$],
  ['user_auth_events', AuthEventType$],
])('a field that a later SDK gives %s would be noticed', async (source, [, , , , names, types]) => {
  names.push('FieldOfALaterSdk')
  types.push(0)
  try {
    const sample = SOURCES[source]?.() ?? expect.unreachable()
    expect(await wrongFields(source, sample)).toEqual({ lost: ['FieldOfALaterSdk'], heldAfterAll: [] })
  } finally {
    names.pop()
    types.pop()
  }
})
