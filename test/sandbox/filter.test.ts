import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches, parseFilter } from '../../src/sandbox/filter.ts'

describe('the Filter of ListUsers', () => {
  it.each([
    ['sub ^= "a"', { attribute: 'sub', prefix: true, value: 'a' }],
    ['sub^="a"', { attribute: 'sub', prefix: true, value: 'a' }],
    [
      '  cognito:user_status   =  "CONFIRMED" ',
      { attribute: 'cognito:user_status', prefix: false, value: 'CONFIRMED' },
    ],
    ['family_name = \\"Reddy\\"', { attribute: 'family_name', prefix: false, value: 'Reddy' }],
    ['name = "the \\"Rock\\""', { attribute: 'name', prefix: false, value: 'the "Rock"' }],
    ['name = "=cmd|^= \\\\"', { attribute: 'name', prefix: false, value: '=cmd|^= \\' }],
    ['username = ""', { attribute: 'username', prefix: false, value: '' }],
    ['', undefined],
  ])('reads %s', (text, filter) => {
    expect(parseFilter(text)).toEqual(filter)
  })

  it.each(['sub', 'sub = a', 'sub == "a"', 'sub *= "a"', 'sub = "a" and name = "b"', '= "a"', 'sub = "a', "sub = 'a'"])(
    'refuses %s',
    (text) => {
      expect(() => parseFilter(text)).toThrow('Error while parsing filter.')
    },
  )

  it.each(['custom:plan', 'address', 'Sub', '__proto__'])('does not search %s', (attribute) => {
    expect(() => parseFilter(`${attribute} = "x"`)).toThrow(`Invalid search attribute: ${attribute}`)
  })

  it('takes 256 characters and no more', () => {
    expect(parseFilter(`sub = "${'a'.repeat(248)}"`)).toBeDefined()
    expect(() => parseFilter(`sub = "${'a'.repeat(249)}"`)).toThrow('length less than or equal to 256')
  })

  it('reads back any value that was written with its quotes escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (value) => {
        const text = `name = "${value.replace(/[\\"]/g, '\\$&')}"`
        fc.pre(text.length <= 256)
        expect(parseFilter(text)?.value).toBe(value)
      }),
    )
  })

  it('heeds case, but for cognito:user_status', () => {
    expect(matches({ attribute: 'username', prefix: true, value: 'An' }, 'anna')).toBe(false)
    expect(matches({ attribute: 'cognito:user_status', prefix: false, value: 'confirmed' }, 'CONFIRMED')).toBe(true)
  })
})
