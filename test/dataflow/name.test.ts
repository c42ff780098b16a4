import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { closest } from '../../src/dataflow/closest.ts'
import { dataflowName } from '../../src/dataflow/name.ts'
import { schemaOf, snapshotSchemaOf } from '../../src/db/names.ts'

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ']
const letter = fc.constantFrom(...LETTERS)
const letterOrDigit = fc.constantFrom(...LETTERS, ...'0123456789')
const RESERVED = ['public', 'poolkeeper', 'drizzle', 'postgres']
const validName = fc
  .tuple(letter, fc.array(letterOrDigit, { maxLength: 39 }))
  .map(([first, rest]) => first + rest.join(''))
  .filter((name) => !RESERVED.includes(name.toLowerCase()))

const problem = (name: string) => dataflowName.safeParse(name).error?.issues[0]?.message

describe('the name of a dataflow', () => {
  test('may be any letter followed by up to 39 letters and digits', () => {
    fc.assert(fc.property(validName, (name) => dataflowName.parse(name) === name))
  })

  test('is refused when it holds anything else, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const expected = /^[A-Za-z][A-Za-z0-9]{0,39}$/.test(name) && !RESERVED.includes(name.toLowerCase())
        return dataflowName.safeParse(name).success === expected
      }),
    )
  })

  test('never ends in a line feed that a pattern without m would let through', () => {
    expect(dataflowName.safeParse('CustomerPool\n').success).toBe(false)
  })

  test.each(RESERVED.flatMap((name) => [name, name.toUpperCase()]))('is never the reserved %s', (name) => {
    expect(problem(name)).toMatch(/is reserved: the schema .+; choose another/)
  })

  test('says what to change', () => {
    expect(problem('')).toContain('is empty')
    expect(problem('1pool')).toContain('must start with a letter')
    expect(problem('my-pool')).toContain('only the letters a to z and digits')
    expect(problem('Größe')).toContain('only the letters a to z and digits')
    expect(problem('a'.repeat(41))).toContain('at most 40')
  })

  test('names two schemas that Postgres would not cut', () => {
    expect(schemaOf('CustomerPool')).toBe('customerpool')
    expect(snapshotSchemaOf('CustomerPool')).toBe('customerpool_snapshots')
    expect(Buffer.byteLength(snapshotSchemaOf('a'.repeat(40)))).toBeLessThan(63)
  })
})

describe('the name that somebody may have meant', () => {
  test('is the nearest one, whatever the case', () => {
    expect(closest('custmerpool', ['CustomerPool', 'StaffPool'])).toBe('CustomerPool')
  })

  test('is nobody when none is near', () => {
    expect(closest('elephant', ['CustomerPool', 'StaffPool'])).toBeUndefined()
  })
})
