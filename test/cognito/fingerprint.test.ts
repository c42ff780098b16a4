import { createHmac, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fingerprinted, fingerprintsOf } from '../../src/cognito/fingerprint.ts'
import type { Mapped } from '../../src/cognito/sourceTable.ts'
import type { TableShape } from '../../src/db/table.ts'
import { USERS } from '../support/dataflows.ts'

const aKey = () => ({ id: 'any', bytes: randomBytes(32) })
const key = aKey()
const of = fingerprintsOf(key, 7)

describe('a fingerprint', () => {
  test('is the same for the same text, whenever it is taken', () => {
    expect(fingerprintsOf(key, 7)('ada@example.com')).toBe(of('ada@example.com'))
  })

  test('is another one for another text, another dataflow and another key', () => {
    const all = [of('ada'), of('ada '), fingerprintsOf(key, 8)('ada'), fingerprintsOf(aKey(), 7)('ada')]
    expect(new Set(all).size).toBe(4)
  })

  test('is no hash that could be made without the key, nor one that another use of the key makes', () => {
    const plain = createHmac('sha256', key.bytes).update('ada').digest()
    expect(of('ada')).not.toBe(String(plain.readBigInt64BE()))
  })

  test('is what a bigint of Postgres holds, below zero as often as above', () => {
    const many = Array.from({ length: 1_000 }, (_, n) => BigInt(of(String(n))))
    expect(many.every((one) => one >= -(2n ** 63n) && one < 2n ** 63n)).toBe(true)
    const below = many.filter((one) => one < 0n).length
    expect(below).toBeGreaterThan(400)
    expect(below).toBeLessThan(600)
    expect(new Set(many).size).toBe(1_000)
  })
})

const SHAPE: TableShape = { ...USERS, holds: 'fingerprints' }

const map = (mapped: Mapped, shape = SHAPE) => fingerprinted(() => mapped, shape, of)(null)

describe('a row of fingerprints', () => {
  const row = {
    sub: 'ada',
    email: 'ada@example.com',
    verified: false,
    score: '1.50',
    last_modified_at: '2026-11-25T23:59:59.999Z',
    identities: [{ b: 1, a: 2 }],
  }

  test('has one for each value, and the day of the last change', () => {
    expect(map({ row, warnings: 2 })).toEqual({
      row: {
        sub: of('ada'),
        email: of('ada@example.com'),
        verified: of('false'),
        score: of('15e-1'),
        last_modified_at: of(`${Date.parse(row.last_modified_at)}000`),
        identities: of('[{"a":2,"b":1}]'),
        changed_on: '2026-11-25T00:00:00Z',
      },
      warnings: 2,
    })
  })

  test('holds nothing of the values', () => {
    const text = JSON.stringify(map({ row, warnings: 0 }))
    for (const value of ['ada', 'example', 'false', '1.5', '23:59', '999Z']) expect(text).not.toContain(value)
  })

  test('has none where there is no value, and no day where there was no change or the table tells none', () => {
    expect(map({ row: { sub: 'ada', email: null, verified: undefined }, warnings: 0 })).toEqual({
      row: { sub: of('ada') },
      warnings: 0,
    })
    const { newest: _, ...timeless } = SHAPE
    expect(map({ row, warnings: 0 }, timeless)).not.toHaveProperty('row.changed_on')
  })

  test('of a record that could not become one keeps the reason, and what tells its doubles', () => {
    const record = '{"Username":"ada"}'
    expect(map({ reject: 'the user has no sub', record })).toEqual({
      reject: 'the user has no sub',
      record: of(record),
    })
  })
})
