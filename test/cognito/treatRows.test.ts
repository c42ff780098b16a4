import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sourceTable } from '../../src/cognito/catalogue.ts'
import { withTreatments } from '../../src/cognito/treatRows.ts'
import { treatShape } from '../../src/cognito/treatShape.ts'
import { aUser, hashKeyOf, KEY, treat } from './treatments.ts'

const hashed = (text: string) => createHmac('sha256', KEY.bytes).update(text).digest('hex')

describe('the row', () => {
  test('holds what is kept as it came, and the rest as it is treated', () => {
    const user = aUser({ email: 'ada@example.com', name: 'Ada', picture: 'ada.png' }, { UserStatus: 'CONFIRMED' })
    expect(treat(user, { email: 'mask', picture: 'drop', sub: 'hash' })).toEqual({
      warnings: 0,
      row: {
        sub: hashed('sub-1'),
        username: 'ada',
        status: 'CONFIRMED',
        email: 'a***@example.com',
        name: 'Ada',
        picture: undefined,
      },
    })
  })

  test('has the same hash for the same text in every table', () => {
    const user = aUser({})
    const member = treat({ group: 'team', user }, { sub: 'hash', username: 'mask' }, { source: 'group_members' })
    expect(member).toMatchObject({ row: { group_name: 'team', sub: hashed('sub-1'), username: 'a***' } })
    expect(treat(user, { sub: 'hash' })).toMatchObject({ row: { sub: hashed('sub-1') } })
  })

  test('has another hash with another key', () => {
    const other = hashKeyOf('another')
    expect(treat(aUser({}), { sub: 'hash' }, { key: other })).not.toMatchObject({ row: { sub: hashed('sub-1') } })
  })

  test('holds nothing of what is dropped, whatever its type', () => {
    const user = aUser(
      { email_verified: 'true', identities: '[{"userId":"4711"}]', updated_at: '1700000000' },
      { Enabled: true, UserCreateDate: new Date() },
    )
    const columns = ['email_verified', 'identities', 'updated_at', 'enabled', 'created_at']
    const row = treat(user, Object.fromEntries(columns.map((name) => [name, 'drop'])))
    expect(JSON.parse(JSON.stringify(row))).toEqual({ row: { sub: 'sub-1', username: 'ada' }, warnings: 0 })
  })

  test('holds nothing of a number that was to be hashed', () => {
    const attributes = [{ name: 'custom:level', type: 'Number' }] as const
    const row = treat(aUser({ 'custom:level': '4711' }), { custom_level: 'hash' }, { attributes })
    expect(JSON.stringify(row)).not.toContain('4711')
  })

  test('lacks what the user lacks', () => {
    expect(treat(aUser({}), { email: 'mask', name: 'hash' })).toEqual({
      row: { sub: 'sub-1', username: 'ada' },
      warnings: 0,
    })
  })
})

describe('raw_values', () => {
  const twice = (name: string, ...values: string[]) => ({
    ...aUser({}),
    Attributes: [
      { Name: 'sub', Value: 'sub-1' },
      ...values.map((Value) => ({ Name: name, Value })),
      { Name: 'custom:other', Value: 'stays' },
    ],
  })

  test('are treated under the field of a treated column, one by one', () => {
    const user = twice('email', 'eva@example.com', 'half \ud83d@example.com', 'ada@example.com')
    expect(treat(user, { email: 'mask' })).toMatchObject({
      row: { email: 'a***@example.com', raw_values: { email: ['e***@example.com', 'h***'], 'custom:other': 'stays' } },
    })
    expect(treat(user, { email: 'hash' })).toMatchObject({
      row: { raw_values: { email: [hashed('eva@example.com'), hashed('half \ud83d@example.com')] } },
    })
    expect(treat(user, { email: 'drop' })).toMatchObject({ row: { raw_values: { 'custom:other': 'stays' } } })
  })

  test('are treated under a field that an untreated column shares', () => {
    const shape = treatShape(sourceTable('users').shape([]), { email: 'drop' }, KEY)
    const shared = {
      ...shape,
      columns: [...shape.columns, { name: 'mail', field: 'email', type: 'text', comment: '' }],
    } as const
    const toRow = () => ({ row: { raw_values: { email: 'ada@example.com' } }, warnings: 1 })
    expect(JSON.stringify(withTreatments(toRow, shared, KEY)({}))).not.toContain('ada')
  })

  test('are treated as they were sent where Postgres cannot hold them', () => {
    const user = aUser({ name: 'Nul\u0000la' })
    expect(treat(user, { name: 'hash' })).toMatchObject({ row: { raw_values: { name: hashed('Nul\u0000la') } } })
    expect(treat(user, { name: 'mask' })).toMatchObject({ row: { name: 'N***', raw_values: { name: 'N***' } } })
  })

  test('hold nothing of what did not fit a number and was to be dropped', () => {
    const attributes = [{ name: 'custom:level', type: 'Number' }] as const
    const row = treat(aUser({ 'custom:level': 'many' }), { custom_level: 'drop' }, { attributes })
    expect(row).toEqual({ row: { sub: 'sub-1', username: 'ada' }, warnings: 1 })
  })

  test('are treated under the name of an attribute that the pool has no more', () => {
    const user = aUser({ 'custom:ssn': '078-05-1120', 'dev:custom:pet': 'Rex' })
    expect(treat(user, { custom_ssn: 'mask', dev_custom_pet: 'drop' })).toMatchObject({
      row: { raw_values: { 'custom:ssn': '0***' } },
    })
    expect(JSON.stringify(treat(user, { custom_ssn: 'mask', dev_custom_pet: 'drop' }))).not.toContain('Rex')
  })

  test('can be dropped altogether', () => {
    expect(JSON.stringify(treat(aUser({ 'custom:gone': 'secret' }), { raw_values: 'drop' }))).not.toContain('secret')
  })
})

describe('a record that could not become a row', () => {
  const nameless = (name: string) => ({ Attributes: [{ Name: 'name', Value: name }] })

  test('is withheld as soon as anything of its table is treated', () => {
    const mapped = treat(nameless('Ada'), { email: 'mask' })
    expect(mapped).toEqual({
      reject: 'the user has no sub',
      record: expect.stringMatching(/^Withheld, because columns of users are treated; record [0-9a-f]{16}\.$/),
    })
  })

  test('can still be told from another, and found to be the same', () => {
    const recordOf = (name: string, key = KEY) => JSON.stringify(treat(nameless(name), { email: 'mask' }, { key }))
    expect(recordOf('Ada')).toBe(recordOf('Ada'))
    expect(recordOf('Ada')).not.toBe(recordOf('Eva'))
    expect(recordOf('Ada')).not.toBe(recordOf('Ada', hashKeyOf('another')))
  })

  test('is kept whole where nothing is treated', () => {
    expect(treat(nameless('Ada'), {})).toMatchObject({ record: expect.stringContaining('Ada') })
  })
})

test.each([
  ['has another key', hashKeyOf('another')],
  ['has none', undefined],
])('a worker that %s than the run was planned with refuses to hash', (_, key) => {
  const { shape, rowMapper } = sourceTable('users')
  const planned = treatShape(shape([]), { sub: 'hash' }, KEY)
  expect(() => withTreatments(rowMapper(planned), planned, key)).toThrow(
    expect.objectContaining({ code: 'bad-configuration', message: expect.stringContaining(KEY.id) }),
  )
})
