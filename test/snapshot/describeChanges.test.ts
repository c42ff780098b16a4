import { describe, expect, test } from 'vitest'
import type { Column, TableShape, Treatment } from '../../src/db/table.ts'
import { describeChanges } from '../../src/snapshot/describeChanges.ts'
import { MEMBERS, USERS } from '../support/dataflows.ts'

const CITY: Column = { name: 'custom_city', type: 'text', field: 'custom:city', comment: 'custom:city' }
const LEVEL: Column = { name: 'custom_level', type: 'numeric', field: 'custom:level', comment: 'custom:level' }

const usersWith = (...columns: Column[]): TableShape => ({ ...USERS, columns: [...USERS.columns, ...columns] })
const treated = (name: string, treatment: Treatment): TableShape => ({
  ...USERS,
  columns: USERS.columns.map((column) => (column.name === name ? { ...column, treatment } : column)),
})

describe('history says', () => {
  test.each<[string, TableShape, TableShape, string]>([
    [
      'a new column',
      USERS,
      usersWith(CITY),
      "users: the pool's schema has gained custom:city. It is in the column custom_city from this run on.",
    ],
    [
      'that a new column is treated, and not that it once was not',
      USERS,
      usersWith({ ...CITY, treatment: 'mask' }),
      "users: the pool's schema has gained custom:city. It is in the column custom_city from this run on, masked.",
    ],
    [
      'a lost attribute',
      usersWith(CITY),
      USERS,
      "users: the pool's schema has no custom:city any more. The column custom_city stays, empty from now on; what users still carry is kept in raw_values.",
    ],
    [
      'a type that changed',
      usersWith(LEVEL),
      usersWith({ ...LEVEL, declared: 'boolean' }),
      "users.custom_level is boolean in the pool's schema now. The column stays numeric; what does not fit is kept in raw_values.",
    ],
    [
      'that a text takes every value',
      usersWith(CITY),
      usersWith({ ...CITY, declared: 'numeric' }),
      "users.custom_city is numeric in the pool's schema now. The column stays text, which takes every value.",
    ],
    [
      'that a type is back',
      usersWith({ ...LEVEL, declared: 'boolean' }),
      usersWith(LEVEL),
      "users.custom_level is numeric in the pool's schema again, as it stayed here.",
    ],
    ['a treatment', USERS, treated('email', 'mask'), 'users.email is masked from this run on, and was kept as it is.'],
    [
      'a treatment that was taken away',
      treated('email', 'drop'),
      USERS,
      'users.email is kept as it is from this run on, and was dropped.',
    ],
    [
      'what the treatment of a key does',
      USERS,
      treated('sub', 'hash'),
      'users.sub is hashed from this run on, and was kept as it is. As part of the key it makes every row another one.',
    ],
    [
      'another treatment of what the pool does not have',
      { ...USERS, absent: { custom_city: 'mask' } },
      { ...USERS, absent: { custom_city: 'drop' } },
      'users.custom_city is dropped from this run on, and was masked.',
    ],
    [
      'another purpose',
      { ...USERS, purpose: 'All' },
      { ...USERS, purpose: 'Customer 360' },
      'users: the purpose is Customer 360 now, and was All.',
    ],
    [
      'another key',
      { ...USERS, hashKey: 'aaaaaaaa' },
      { ...USERS, hashKey: 'bbbbbbbb' },
      'users is hashed with key bbbbbbbb now, and was with aaaaaaaa: hashes of before match no more.',
    ],
  ])('%s', (_, before, after, note) => {
    expect(describeChanges([before], [after])).toEqual([note])
  })

  test('nothing where nothing changed, nor of a table that is new or gone', () => {
    const shape = treated('email', 'mask')
    expect(describeChanges([shape], [shape])).toEqual([])
    expect(describeChanges([], [USERS, MEMBERS])).toEqual([])
    expect(describeChanges([USERS, MEMBERS], [USERS])).toEqual([])
  })

  test('nothing new of the treatment of an attribute that the pool has lost or gained', () => {
    const [there, absent] = [
      usersWith({ ...CITY, treatment: 'drop' }),
      { ...USERS, absent: { custom_city: 'drop' as const } },
    ]
    expect(describeChanges([there], [absent])).toHaveLength(1)
    expect(describeChanges([absent], [there])).toHaveLength(1)
  })
})
