import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PoolAttribute } from '../../src/cognito/describe.ts'
import { users } from '../../src/cognito/tables/users.ts'
import { createTestDatabase } from '../support/database.ts'

const attributes: PoolAttribute[] = [
  { name: 'custom:text', type: 'String' },
  { name: 'custom:number', type: 'Number' },
  { name: 'custom:date', type: 'DateTime' },
  { name: 'custom:flag', type: 'Boolean' },
]
const shape = users.shape(attributes)

const nasty = fc.constantFrom('\0', 'a\0b', '\uD800', '\uDC00x', '\\u0000', '"', '\\', '\u2028', '{}', '', ' ')
const almost = fc.constantFrom('1e999', '-1e-999', '1e1000', '.5', '5.', '+1', '1_0', '0b1', '١٢', ' 1', '1\n')
const dates = fc.constantFrom(
  ...['2024-02-29', '2023-02-29', '0001-01-01', '9999-12-31T23:59:59.999999-14:59', '2024-01-01 10:00', '1-1-1'],
  ...['2024-01-01T10:00:00+15:00', '2024-01-01T10:00:60Z', '99999999999', '999999999', '1700000000.9', '2024-13-01'],
)
const value = fc.oneof(fc.string({ unit: 'binary' }), nasty, almost, dates, fc.double().map(String), fc.json())
const name = fc.constantFrom(
  'name',
  'identities',
  'updated_at',
  'custom:unknown',
  ...attributes.map((each) => each.name),
)
const user = fc.array(fc.record({ Name: name, Value: value }), { maxLength: 12 })

type Raw = string | { json: string }

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
      [(raw_values as Record<string, Raw | Raw[]> | null)?.[attribute] ?? []]
        .flat()
        .map((raw) => (typeof raw === 'string' ? raw : JSON.parse(raw.json)))
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
