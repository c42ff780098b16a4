import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CATALOGUE } from '../../src/cognito/catalogue.ts'
import type { PoolAttribute } from '../../src/cognito/describe.ts'
import { users } from '../../src/cognito/tables/users.ts'
import type { ColumnType } from '../../src/db/table.ts'
import { createTestDatabase } from '../support/database.ts'

const attributes: PoolAttribute[] = [
  { name: 'custom:text', type: 'String' },
  { name: 'custom:number', type: 'Number' },
  { name: 'custom:date', type: 'DateTime' },
  { name: 'custom:flag', type: 'Boolean' },
]
const shape = users.shape(attributes)

type Raw = string | { json: string }

const nasty = fc.constantFrom('\0', 'a\0b', '\uD800', '\uDC00x', '\\u0000', '"', '\\', '\u2028', '{}', '', ' ')
const almost = fc.constantFrom('1e999', '-1e-999', '1e1000', '.5', '5.', '+1', '1_0', '0b1', '١٢', ' 1', '1\n')
const dates = fc.constantFrom(
  ...['2024-02-29', '2023-02-29', '0001-01-01', '9999-12-31T23:59:59.999999-14:59', '2024-01-01 10:00', '1-1-1'],
  ...['2024-01-01T10:00:00+15:00', '2024-01-01T10:00:60Z', '99999999999', '999999999', '1700000000.9', '2024-13-01'],
)
const value = fc.oneof(fc.string({ unit: 'binary' }), nasty, almost, dates, fc.double().map(String), fc.json())
const decode = (raw: Raw): string => (typeof raw === 'string' ? raw : JSON.parse(raw.json))

const name = fc.constantFrom(
  'name',
  'identities',
  'updated_at',
  'custom:unknown',
  ...attributes.map((each) => each.name),
)
const user = fc.array(fc.record({ Name: name, Value: value }), { maxLength: 12 })

test('whatever Cognito sends, Postgres takes the row, and every value can be read back', async () => {
  const { db } = await createTestDatabase()
  const toRow = users.rowMapper(shape)
  const columns = sql.raw(shape.columns.map(({ name: column, type }) => `"${column}" ${type}`).join(', '))
  const samples = fc.sample(user, 2_000).map((sent, index) => [{ Name: 'sub', Value: String(index) }, ...sent])
  const rows = samples.map((Attributes) => {
    const mapped = toRow({ Attributes, MFAOptions: [] })
    return 'row' in mapped ? mapped.row : expect.unreachable(mapped.reject)
  })
  const stored = await db.execute(
    sql`select sub, name, custom_text, raw_values from json_to_recordset(${JSON.stringify(rows)}::json) as r(${columns})`,
  )
  expect(stored).toHaveLength(samples.length)
  for (const [index, { name: nameColumn, custom_text, raw_values }] of stored.entries()) {
    const kept = (attribute: string) =>
      [(raw_values as Record<string, Raw | Raw[]> | null)?.[attribute] ?? []].flat().map(decode)
    const sent = (attribute: string) =>
      samples[index]?.filter(({ Name }) => Name === attribute).map(({ Value }) => Value)
    expect(kept('custom:unknown')).toEqual(sent('custom:unknown'))
    for (const [attribute, column] of [
      ['name', nameColumn],
      ['custom:text', custom_text],
    ] as const) {
      const values = sent(attribute)
      const all = kept(attribute)
      // The last one stands in its column as it is, or with its original among the kept ones.
      expect(all.length === values?.length ? all : [...all, column]).toEqual(values)
    }
  }
})

/** What the SDK may give for a column of the type. */
const FROM_THE_SDK: Readonly<Record<ColumnType, fc.Arbitrary<unknown>>> = {
  text: value,
  boolean: fc.boolean(),
  integer: fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true })),
  bigint: fc.maxSafeInteger(),
  numeric: fc.double({ noNaN: true }),
  // JavaScript takes the years before 100, as Postgres writes them, for others
  timestamptz: fc.date({ noInvalidDate: false, min: new Date('0100-01-01') }),
  jsonb: fc.object({ values: [value, fc.maxSafeInteger(), fc.double({ noNaN: true }), fc.boolean()], maxDepth: 2 }),
}

/** What was sent, from its column or from among the kept values, in a form that can be compared. */
const READ_BACK: Readonly<Record<ColumnType, (sent: unknown) => unknown>> = {
  text: String,
  boolean: Boolean,
  // Postgres knows no -0
  integer: (sent) => Number(sent) + 0,
  bigint: (sent) => Number(sent) + 0,
  numeric: (sent) => Number(sent) + 0,
  // a date that fits no column is kept as its milliseconds
  timestamptz: (sent) =>
    sent instanceof Date || /^(-?\d+|NaN)$/.test(String(sent)) ? Number(sent) : Date.parse(String(sent)),
  jsonb: (sent) => (typeof sent === 'string' ? JSON.parse(sent) : JSON.parse(JSON.stringify(sent))),
}

test.each([
  ...['user_pool', 'user_pool_clients', 'identity_providers', 'resource_servers', 'user_import_jobs'],
  ...['user_mfa', 'user_devices', 'user_auth_events'],
])('so it does with whatever is said of the %s', async (source) => {
  const table = CATALOGUE.get(source) ?? expect.unreachable()
  const { columns, key } = table.shape(null)
  const fields = columns.filter((column) => column.name !== 'raw_values' && !key.includes(column.name))
  const records = fc.sample(fc.record(Object.fromEntries(fields.map((at) => [at.field, FROM_THE_SDK[at.type]]))), 300)
  const keyFields = columns.filter((column) => key.includes(column.name)).map(({ field }) => field)
  const toRow = table.rowMapper(table.shape(null))
  const rows = records.map((record, index) => {
    const keyed = Object.fromEntries(keyFields.map((field) => [field, `${index}`]))
    const mapped = toRow(nested({ ...record, ...keyed }))
    return 'row' in mapped ? mapped.row : expect.unreachable(mapped.reject)
  })
  const { db } = await createTestDatabase()
  const types = sql.raw(columns.map((column) => `"${column.name}" ${column.type}`).join(', '))
  const stored = await db.execute(sql`select * from json_to_recordset(${JSON.stringify(rows)}::json) as r(${types})`)
  for (const [index, row] of stored.entries()) {
    for (const { name: column, field, type } of fields) {
      const kept = (row.raw_values as Record<string, Raw> | null)?.[field]
      const back = READ_BACK[type](kept === undefined ? row[column] : decode(kept))
      expect(back, `${field} of record ${index}`).toEqual(READ_BACK[type](records[index]?.[field]))
    }
  }
})

/** `Policies.PasswordPolicy` stands within `Policies`. */
function nested(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [path, sent] of Object.entries(record)) {
    const [outer = '', inner] = path.split('.')
    result[outer] = inner ? { ...(result[outer] as object), [inner]: sent } : sent
  }
  return result
}
