import { describe, expect, test } from 'vitest'
import { createInput, editInput, parseInput } from '../../src/dataflow/input.ts'
import { AskError } from '../../src/errors.ts'
import { ACCESS_KEY, example, SECRET } from './examples.ts'

function refusal(input: unknown, schema: typeof createInput | typeof editInput = createInput): string {
  try {
    parseInput<unknown>(schema, input)
  } catch (error) {
    if (error instanceof AskError) return error.message
    throw error
  }
  throw new Error('it was taken')
}

describe('a dataflow to be created', () => {
  test('imports users, groups and members, keeps seven snapshots and is guarded unless told otherwise', () => {
    expect(parseInput(createInput, example())).toMatchObject({
      tables: [
        { source: 'users', purpose: 'All' },
        { source: 'groups', purpose: 'All' },
        { source: 'group_members', purpose: 'All' },
      ],
      schedule: null,
      timezone: 'UTC',
      keepSnapshots: 7,
      maxRemovedPercent: 15,
      maxRemovedRows: 20,
      timeoutMinutes: 24 * 60,
      noProgressMinutes: 30,
      freshnessMinutes: null,
    })
  })

  test('is refused with every problem at once, in one line', () => {
    const message = refusal({
      ...example(),
      name: 'my pool',
      poolId: 'nonsense',
      schedule: '0 0 2 * * *',
      timezone: 'Europe/Berln',
      keepSnapshots: 0,
    })
    for (const part of ['only the letters', 'The pool id', '6 fields', 'did you mean Europe/Berlin?', 'At least 1']) {
      expect(message).toContain(part)
    }
    expect(message).not.toContain('\n')
  })

  test.each([
    ['the pool id must look like', { poolId: 'eu-central-1' }],
    ['the pool id must look like', { poolId: 'europe_AbC' }],
    ['the Region must look like', { region: 'Frankfurt' }],
    ['the pool eu-central-1_AbCdEf123 is in the Region eu-central-1, not in us-east-1', { region: 'us-east-1' }],
    ['at least one table', { tables: [] }],
    ['there is no table user; did you mean users?', { tables: [{ source: 'user', purpose: 'All' }] }],
    ['choose among All, Customer 360, Privacy-Metadata', { tables: [{ source: 'users', purpose: 'Everything' }] }],
    [
      'the table users is chosen twice',
      {
        tables: [
          { source: 'users', purpose: 'All' },
          { source: 'users', purpose: 'Customer 360' },
        ],
      },
    ],
    ['at most 100', { keepSnapshots: 101 }],
    ['0 to 100 percent', { maxRemovedPercent: 101 }],
    ['a whole percentage', { maxRemovedPercent: 0.5 }],
    ['the rows that may be removed must be at least 0', { maxRemovedRows: -1 }],
    ['the rows that may be removed must be a whole number', { maxRemovedRows: 1.5 }],
    ['the rows that may be removed must be at most 1,000,000,000', { maxRemovedRows: 3e9 }],
    ['the minutes that a run may take must be at least 1', { timeoutMinutes: 0 }],
    ['the minutes that a run may take must be at most 43,200', { timeoutMinutes: 43_201 }],
    ['the minutes without progress must be at least 1', { noProgressMinutes: 0 }],
    ['the minutes without progress must be at most 1,440', { noProgressMinutes: 1_441 }],
    ['the minutes after which it is late must be at least 1', { freshnessMinutes: 0 }],
    ['the minutes after which it is late must be at most 576,000', { freshnessMinutes: 576_001 }],
    ['the display name is too long', { displayName: 'x'.repeat(201) }],
    ['control characters', { displayName: 'a\u0000b' }],
    ['the description is too long', { description: 'x'.repeat(2001) }],
    ['the role ARN must look like', { credentials: { kind: 'role', roleArn: 'poolkeeper' } }],
    ['the access key id must look like', { credentials: { ...ACCESS_KEY, accessKeyId: 'AKIA' } }],
    ['needs its session token', { credentials: { ...ACCESS_KEY, accessKeyId: 'ASIAIOSFODNN7EXAMPLE' } }],
    ['choose the credentials', { credentials: { kind: 'password' } }],
    ['shedule', { shedule: '@daily' }],
  ])('is refused: %s', (reason, changes) => {
    expect(refusal({ ...example(), ...changes }).toLowerCase()).toContain(reason.toLowerCase())
  })

  test('never has its secret quoted in what is wrong with it', () => {
    const swapped = { ...ACCESS_KEY, accessKeyId: SECRET, secretAccessKey: `${SECRET} ` }
    const message = refusal(example({ credentials: swapped }))
    expect(message).toContain('The access key id must look like')
    expect(message).not.toContain(SECRET)
  })
})

describe('an edit', () => {
  test('leaves alone what it does not name', () => {
    expect(parseInput(editInput, { description: 'New' })).toEqual({ description: 'New' })
  })

  test('can not change the name', () => {
    expect(refusal({ name: 'Other' }, editInput)).toContain('name')
  })
})
