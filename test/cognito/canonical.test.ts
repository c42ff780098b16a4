import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalText } from '../../src/cognito/canonical.ts'
import { FIT } from '../../src/cognito/values.ts'
import type { ColumnType } from '../../src/db/table.ts'
import { createTestDatabase } from '../support/database.ts'

test.each<[string, ColumnType, unknown, unknown]>([
  ['zeros at the end', 'numeric', '1.50', '1.5'],
  ['a power of ten', 'numeric', '1.2e3', '+001200.0'],
  ['nothing, below zero and written large', 'numeric', '-0.00', '0e9'],
  ['a point without digits before it', 'numeric', '-.5', '-5e-1'],
  ['a zone', 'timestamptz', '2024-01-01T01:30:00+0130', '2024-01-01 00:00:00Z'],
  ['zeros of a second', 'timestamptz', '2024-01-01T00:00:00.120Z', '2024-01-01T00:00:00.12Z'],
  ['the order of keys', 'jsonb', [{ a: 1, b: { d: null, c: 2 } }], [{ b: { c: 2, d: null }, a: 1 }]],
])('%s makes no other value', (_, type, one, other) => {
  expect(canonicalText(type, one)).toBe(canonicalText(type, other))
})

test.each<[string, ColumnType, unknown, unknown]>([
  ['a sign', 'numeric', '-15', '15'],
  ['a zero that counts', 'numeric', '150', '15'],
  ['more digits than a number of JavaScript holds', 'numeric', '12345678901234567891', '12345678901234567892'],
  ['a microsecond', 'timestamptz', '2024-01-01T00:00:00.000001Z', '2024-01-01T00:00:00.000002Z'],
  ['a century', 'timestamptz', '0024-01-01 00:00:00Z', '2024-01-01 00:00:00Z'],
  ['a space', 'text', 'a', 'a '],
  ['the order of a list', 'jsonb', [1, 2], [2, 1]],
  ['a number as text', 'jsonb', ['1'], [1]],
  ['the truth', 'boolean', true, false],
])('%s makes another value', (_, type, one, other) => {
  expect(canonicalText(type, one)).not.toBe(canonicalText(type, other))
})

const digits = fc.constantFrom('0', '00', '1', '10', '15', '150', '012')
const signed = fc.tuple(fc.constantFrom('', '-', '+'), digits, fc.constantFrom('', '.', '.0', '.50', '.5'))
const powers = fc.constantFrom('', 'e0', 'E1', 'e-1', 'e+2')
const numbers = fc.tuple(signed, powers).map(([[sign, whole, fraction], power]) => sign + whole + fraction + power)
const clock = fc.constantFrom('', 'T00:00', ' 01:00', 'T01:00:00', 'T01:00:00.1', ' 01:00:00.100', 'T01:00:00.100001')
const instants = fc
  .tuple(fc.constantFrom('0001-01-01', '2024-02-29', '9999-12-31'), clock, fc.constantFrom('', 'Z', '+01:00', '-0100'))
  .map(([day, time, zone]) => day + time + (time && zone))
const json = fc.constantFrom(
  '{"a":1,"b":2}',
  '{"b":2,"a":1}',
  '{"a":1.0,"b":2}',
  '[{"b":{},"a":[]}]',
  '[{"a":[],"b":{}}]',
  '"1"',
  '1',
)

test.each<[ColumnType, fc.Arbitrary<string>]>([
  ['numeric', numbers],
  ['timestamptz', instants],
  ['jsonb', json],
])('there are as many different values of %s as Postgres says', async (type, texts) => {
  const { db } = await createTestDatabase()
  const sample = fc.sample(texts, { numRuns: 3_000, seed: 4 })
  const values = sample.map(FIT[type]).filter((value) => value !== undefined)
  const rows = JSON.stringify(values.map((value) => ({ value })))
  const [counted] = await db.execute(sql`select count(distinct value)::int as different
    from json_to_recordset(${rows}::json) as r(value ${sql.raw(type)})`)
  expect(values.length).toBeGreaterThan(1_000)
  expect(counted).toEqual({ different: new Set(values.map((value) => canonicalText(type, value))).size })
})
