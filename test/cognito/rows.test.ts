import type { UserType } from '@aws-sdk/client-cognito-identity-provider'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { customColumnName } from '../../src/cognito/columnName.ts'
import type { PoolAttribute } from '../../src/cognito/describe.ts'
import { groupMembers } from '../../src/cognito/tables/groupMembers.ts'
import { groups } from '../../src/cognito/tables/groups.ts'
import { users } from '../../src/cognito/tables/users.ts'

const attributes: PoolAttribute[] = [
  { name: 'email', type: 'String' },
  { name: 'custom:plan', type: 'String' },
  { name: 'custom:Age', type: 'Number' },
  { name: 'custom:joined', type: 'DateTime' },
  { name: 'custom:vip', type: 'Boolean' },
  { name: 'dev:custom:level', type: 'Number' },
]
const shape = users.shape(attributes)
const toRow = users.rowMapper(shape)

type Attribute = [name: string, value: string]

function userOf(...given: Attribute[]): UserType {
  return {
    Username: 'u',
    Attributes: [['sub', 's-1'] as Attribute, ...given].map(([Name, Value]) => ({ Name, Value })),
  }
}

function mapped(...given: Attribute[]) {
  const result = toRow(userOf(...given))
  if (!('row' in result)) return expect.unreachable(`rejected: ${result.reject}`)
  return result
}

describe('the shape of users', () => {
  test('names the fixed columns, then the custom attributes in their exact case, each typed by the schema', () => {
    const columns = shape.columns.map(({ name, type }) => `${name} ${type}`)
    expect(columns.slice(0, 7)).toEqual([
      'sub text',
      'username text',
      'status text',
      'enabled boolean',
      'created_at timestamptz',
      'last_modified_at timestamptz',
      'address text',
    ])
    expect(columns.slice(-8)).toEqual([
      'identities jsonb',
      'mfa_options jsonb',
      'raw_values jsonb',
      'custom_plan text',
      'custom_Age numeric',
      'custom_joined timestamptz',
      'custom_vip boolean',
      'dev_custom_level numeric',
    ])
    expect(columns).toEqual(expect.arrayContaining(['email_verified boolean', 'updated_at numeric', 'zoneinfo text']))
  })

  test('without a description holds what every pool has', () => {
    const names = users.shape(null).columns.map(({ name }) => name)
    expect(names).toHaveLength(28)
    expect(names.at(-1)).toBe('raw_values')
  })

  test('column names stay within 63 bytes and apart, whatever letters they are made of', () => {
    // What Cognito takes: 1 to 20 characters after the prefix.
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => [...text].length <= 20)
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2 }), (names) => {
        const columns = names.flatMap((each) => [
          customColumnName(`custom:${each}`),
          customColumnName(`dev:custom:${each}`),
        ])
        expect(new Set(columns).size).toBe(columns.length)
        for (const column of columns) expect(Buffer.byteLength(column ?? '')).toBeLessThanOrEqual(63)
      }),
    )
  })

  test('names that differ only past 63 bytes get columns of their own, and values find them', () => {
    const long = '𠜎'.repeat(19)
    const pool: PoolAttribute[] = ['a', 'b'].map((end) => ({ name: `custom:${long}${end}`, type: 'String' }))
    const wide = users.shape(pool)
    const [a, b] = wide.columns.slice(-2).map(({ name }) => name)
    expect(a).not.toBe(b)
    const result = users.rowMapper(wide)(userOf([`custom:${long}a`, '1'], [`custom:${long}b`, '2']))
    expect(result).toMatchObject({ row: { [a ?? '']: '1', [b ?? '']: '2' }, warnings: 0 })
  })
})

describe('a user', () => {
  test('becomes a row with every value in its column', () => {
    const user: UserType = {
      Username: 'google_1173',
      UserStatus: 'EXTERNAL_PROVIDER',
      Enabled: false,
      UserCreateDate: new Date('2024-02-29T12:34:56.789Z'),
      UserLastModifiedDate: new Date('2025-01-02T03:04:05.006Z'),
      MFAOptions: [{ DeliveryMedium: 'SMS', AttributeName: 'phone_number' }],
      Attributes: Object.entries({
        sub: '04a854b8-0',
        email: 'a@example.com',
        email_verified: 'true',
        updated_at: '1700000000',
        identities: '[{"userId":"117311731173117311731","primary":true,"dateCreated":1600000000000}]',
        'custom:Age': '12345678901234567890.10',
        'custom:joined': '2023-05-06T07:08:09.123456Z',
        'custom:vip': 'False',
        'dev:custom:level': '-3',
        name: 'ZoË 👩‍👩‍👧‍👦 ‏مرحبا',
      }).map(([Name, Value]) => ({ Name, Value })),
    }
    expect(toRow(user)).toEqual({
      warnings: 0,
      row: {
        sub: '04a854b8-0',
        username: 'google_1173',
        status: 'EXTERNAL_PROVIDER',
        enabled: false,
        created_at: '2024-02-29T12:34:56.789Z',
        last_modified_at: '2025-01-02T03:04:05.006Z',
        mfa_options: [{ DeliveryMedium: 'SMS', AttributeName: 'phone_number' }],
        email: 'a@example.com',
        email_verified: true,
        updated_at: '1700000000',
        identities: [{ userId: '117311731173117311731', primary: true, dateCreated: 1600000000000 }],
        custom_Age: '12345678901234567890.10',
        custom_joined: '2023-05-06T07:08:09.123456Z',
        custom_vip: false,
        dev_custom_level: '-3',
        name: 'ZoË 👩‍👩‍👧‍👦 ‏مرحبا',
      },
    })
  })

  test.each<[string, string, unknown]>([
    ['custom:Age', '-0.5', '-0.5'],
    ['custom:Age', '1e3', '1e3'],
    ['custom:joined', '2023-05-06', '2023-05-06T00:00:00Z'],
    ['custom:joined', '2023-05-06T07:08:09', '2023-05-06T07:08:09Z'],
    ['custom:joined', '2024-02-29T23:59:59+05:30', '2024-02-29T23:59:59+05:30'],
    ['custom:joined', '1700000000', '2023-11-14T22:13:20.0Z'],
    ['custom:joined', '1700000000.123456', '2023-11-14T22:13:20.123456Z'],
    ['custom:vip', 'TRUE', true],
  ])('%s = %s fits', (name, value, expected) => {
    expect(mapped([name, value])).toMatchObject({ row: { [customColumnName(name) ?? '']: expected }, warnings: 0 })
  })

  test.each<Attribute>([
    ['custom:Age', 'twelve'],
    ['custom:Age', ''],
    ['custom:Age', 'NaN'],
    ['custom:Age', 'Infinity'],
    ['custom:Age', '1e9999'],
    ['custom:Age', '0x10'],
    ['custom:joined', '2023-02-30'],
    ['custom:joined', '0000-01-01T00:00:00Z'],
    ['custom:joined', '2023-01-01T24:00:00Z'],
    ['custom:joined', '+275760-09-13T00:00:00Z'],
    ['custom:joined', 'yesterday'],
    ['custom:joined', '20231105'],
    ['custom:vip', 'yes'],
    ['email_verified', '1'],
    ['updated_at', 'now'],
    ['identities', '{not json'],
    ['identities', '[{"userId":"a\\u0000b"}]'],
    ['identities', '[12345678901234567890]'],
    ['custom:unheard_of', 'kept'],
    ['__proto__', 'kept'],
    ['username', 'not the column of that name'],
  ])('%s = %s does not fit, is kept and counted', (name, value) => {
    const { row, warnings } = mapped([name, value])
    expect(row).toEqual({ sub: 's-1', username: 'u', raw_values: Object.fromEntries([[name, value]]) })
    expect(warnings).toBe(1)
    expect(JSON.parse(JSON.stringify(row.raw_values))).toEqual(Object.fromEntries([[name, value]]))
  })

  test.each(['a\0b', 'a\uD800b', '\uDC00'])(
    'text that Postgres cannot hold is shown with U+FFFD and kept exactly',
    (value) => {
      const { row, warnings } = mapped(['name', value], ['custom:unheard_of', value])
      expect(row.name).toBe(value.replace(/[^ab]/, '\uFFFD'))
      expect(row.raw_values).toEqual({
        name: { json: JSON.stringify(value) },
        'custom:unheard_of': { json: JSON.stringify(value) },
      })
      expect(JSON.stringify(row.raw_values)).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d800|dc00)/)
      expect(warnings).toBe(2)
    },
  )

  test('of a name that comes more than once the last value counts and the others are kept in order', () => {
    expect(mapped(['email', 'first'], ['email', 'second'], ['email', 'last'])).toMatchObject({
      row: { email: 'last', raw_values: { email: ['first', 'second'] } },
      warnings: 2,
    })
    const unfit = mapped(['custom:Age', '1'], ['custom:Age', 'two'])
    expect(unfit.row).toMatchObject({ raw_values: { 'custom:Age': ['1', 'two'] } })
    expect(unfit.row).not.toHaveProperty('custom_Age')
  })

  test('a date that Postgres has no room for is kept', () => {
    const result = toRow({ ...userOf(), UserCreateDate: new Date(8.64e15), UserLastModifiedDate: new Date(Number.NaN) })
    expect(result).toMatchObject({
      row: { raw_values: { UserCreateDate: '8640000000000000', UserLastModifiedDate: 'NaN' } },
      warnings: 2,
    })
  })

  test.each<[string, UserType]>([
    ['no attributes', { Username: 'u' }],
    ['an empty sub', { Attributes: [{ Name: 'sub', Value: '' }] }],
    ['a sub with NUL', { Attributes: [{ Name: 'sub', Value: 'a\0' }] }],
    [
      'two subs',
      {
        Attributes: [
          { Name: 'sub', Value: 'a' },
          { Name: 'sub', Value: 'b' },
        ],
      },
    ],
  ])('with %s is kept aside whole', (_what, user) => {
    const result = toRow(user)
    if (!('reject' in result)) return expect.unreachable('should have been rejected')
    expect(result.reject).toMatch(/sub/)
    expect(JSON.parse(result.record)).toEqual(user)
    expect(result.record).not.toContain('\0')
  })
})

describe('a group', () => {
  const groupRow = groups.rowMapper(groups.shape(null))

  test('becomes a row', () => {
    const group = {
      GroupName: 'Équipe "A" / 東京',
      UserPoolId: 'us-east-1_x',
      Description: 'a\0',
      RoleArn: 'arn:aws:iam::1:role/r',
      Precedence: 0,
      CreationDate: new Date(0),
    }
    expect(groupRow(group)).toEqual({
      row: {
        name: 'Équipe "A" / 東京',
        description: 'a\uFFFD',
        role_arn: 'arn:aws:iam::1:role/r',
        precedence: 0,
        created_at: '1970-01-01T00:00:00.000Z',
        raw_values: { Description: { json: '"a\\u0000"' } },
      },
      warnings: 1,
    })
  })

  test('with a precedence beyond integer keeps it', () => {
    expect(groupRow({ GroupName: 'g', Precedence: 2 ** 31 })).toMatchObject({
      row: { raw_values: { Precedence: '2147483648' } },
    })
  })

  test('without a name that can be stored is kept aside', () => {
    expect(groupRow({})).toHaveProperty('reject')
    expect(groupRow({ GroupName: '\uD800' })).toHaveProperty('reject')
  })
})

test('a member becomes its group, sub and username; without a sub it is kept aside', () => {
  const memberRow = groupMembers.rowMapper(groupMembers.shape(null))
  expect(memberRow({ group: 'g', user: userOf() })).toEqual({
    row: { group_name: 'g', sub: 's-1', username: 'u' },
    warnings: 0,
  })
  expect(memberRow({ group: 'g', user: { Username: 'u' } })).toHaveProperty('reject')
})
