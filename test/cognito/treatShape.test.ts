import { describe, expect, test } from 'vitest'
import { sourceTable } from '../../src/cognito/catalogue.ts'
import type { PoolAttribute } from '../../src/cognito/describe.ts'
import { type Treatments, treatShape } from '../../src/cognito/treatShape.ts'
import type { TableShape } from '../../src/db/table.ts'
import { KEY } from './treatments.ts'

const LEVEL: PoolAttribute = { name: 'custom:level', type: 'Number' }
const SHAPE = sourceTable('users').shape([LEVEL])

const treated = (treatments: Treatments) => treatShape(SHAPE, treatments, KEY)
const commentOn = ({ columns }: TableShape, name: string) => columns.find((column) => column.name === name)?.comment

describe('a treated shape', () => {
  test('says what is done to a column, and where it comes from', () => {
    const shape = treated({ email: 'mask', sub: 'hash', picture: 'drop' })
    expect(commentOn(shape, 'email')).toBe('Masked: email: a standard attribute')
    expect(commentOn(shape, 'sub')).toMatch(new RegExp(`^Hashed with key ${KEY.id}: sub: `))
    expect(commentOn(shape, 'picture')).toBe('Dropped: always null. picture: a standard attribute')
    expect(commentOn(shape, 'name')).toBe(commentOn(SHAPE, 'name'))
  })

  test('says it in the comment of the table', () => {
    const shape = treated({ email: 'mask', name: 'mask', sub: 'hash', picture: 'drop', custom_gone: 'drop' })
    expect(shape.comment).toBe(
      `The users of the pool (dropped: picture, custom_gone; masked: email, name; hashed with key ${KEY.id}: sub)`,
    )
  })

  test('has the columns that it had, with their types', () => {
    const plain = (shape: TableShape) => shape.columns.map(({ name, type }) => ({ name, type }))
    expect(plain(treated({ email: 'drop', custom_level: 'mask' }))).toEqual(plain(SHAPE))
  })

  test('drops what is no text and was to be masked or hashed, and says why', () => {
    const shape = treated({ custom_level: 'hash' })
    expect(shape.columns).toContainEqual(expect.objectContaining({ name: 'custom_level', treatment: 'drop' }))
    expect(commentOn(shape, 'custom_level')).toMatch(
      /^Dropped: always null, because only texts can be hashed, and this is numeric\. custom:level: /,
    )
  })

  test('remembers treatments of attributes that the pool does not have', () => {
    expect(treated({ custom_gone: 'mask' })).toMatchObject({ absent: { custom_gone: 'mask' } })
  })

  test('without treatments is the shape itself', () => {
    expect(treatShape(SHAPE, undefined, KEY)).toBe(SHAPE)
    expect(treatShape(SHAPE, {}, undefined)).toBe(SHAPE)
  })
})

test('what is to be hashed without a key is refused, saying how to make one', () => {
  expect(() => treatShape(SHAPE, { sub: 'hash' }, undefined)).toThrow(
    expect.objectContaining({ code: 'bad-configuration', remedy: expect.stringContaining('POOLKEEPER_HASH_KEY') }),
  )
  expect(() => treatShape(SHAPE, { email: 'mask' }, undefined)).not.toThrow()
})
