import { beforeEach, describe, expect, test } from 'vitest'
import { createDataflow } from '../../src/dataflow/create.ts'
import { findDataflow } from '../../src/dataflow/dataflow.ts'
import { editDataflow } from '../../src/dataflow/edit.ts'
import { type CreateInput, createInput, type EditInput, parseInput } from '../../src/dataflow/input.ts'
import type { Database } from '../../src/db/database.ts'
import { createTestDatabase } from '../support/database.ts'
import { example } from './examples.ts'
import { freshKeys } from './keys.ts'

const keys = freshKeys()

function refusal(changes: Partial<CreateInput>): string {
  try {
    parseInput(createInput, example(changes))
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  throw new Error('it was taken')
}

describe('a treatment is refused', () => {
  test.each([
    ['There is no column emails in users; did you mean email?', { emails: 'mask' }],
    ['There is no column Email in users; did you mean email?', { Email: 'mask' }],
    ['There is no column zzzzzzzzzz in users; choose among sub, username,', { zzzzzzzzzz: 'drop' }],
    ['The column users.sub tells the rows apart; it can be kept or hashed, not masked', { sub: 'mask' }],
    ['The column users.sub tells the rows apart; it can be kept or hashed, not dropped', { sub: 'drop' }],
    ['The column users.created_at is timestamptz, and only texts can be masked', { created_at: 'mask' }],
    ['The column users.email_verified is boolean, and only texts can be hashed', { email_verified: 'hash' }],
    [
      'The column users.raw_values is jsonb, and only texts can be masked; it can be kept or dropped',
      { raw_values: 'mask' },
    ],
  ] as const)('%s', (reason, columns) => {
    const message = refusal({ treatments: { users: columns } })
    expect(message).toContain(reason)
    const table = { source: 'users', purpose: 'All', treatments: columns } as const
    expect(refusal({ tables: [table] })).toBe(message)
  })

  test('of an unknown kind, of an unknown table, and all problems are told at once', () => {
    // what another program might send
    const treatments = { users: { email: 'encrypt', name: 'mask' } } as unknown as CreateInput['treatments']
    expect(refusal({ treatments })).toBe('There is no treatment encrypt; choose among keep, drop, mask, hash.')
    expect(refusal({ treatments: { user: { email: 'mask' }, users: { sub: 'drop', names: 'mask' } } })).toBe(
      'There is no table user; did you mean users? The column users.sub tells the rows apart; it can be kept or hashed, not dropped. There is no column names in users; did you mean name?',
    )
  })

  test("of a group's name, which has to be kept to ask for its members", () => {
    expect(refusal({ treatments: { groups: { name: 'hash' } } })).toContain(
      'groups are asked for their members by name',
    )
    expect(refusal({ treatments: { group_members: { group_name: 'hash' } } })).toContain('can only be kept')
  })

  test('of a custom attribute in a table that has none', () => {
    expect(refusal({ treatments: { groups: { custom_plan: 'drop' } } })).toContain('no column custom_plan in groups')
    expect(refusal({ treatments: { users: { custom_: 'drop' } } })).toContain('no column custom_ in users')
    expect(refusal({ treatments: { users: { [`custom_${'x'.repeat(60)}`]: 'drop' } } })).toContain(
      'no column custom_xxx',
    )
  })
})

describe('the treatments of a dataflow', () => {
  let db: Database

  beforeEach(async () => {
    ;({ db } = await createTestDatabase())
  })

  const create = (input: Partial<CreateInput>) => createDataflow(db, keys, example(input))
  const edit = (patch: EditInput) => editDataflow(db, keys, 'CustomerPool', patch)
  const treatments = async () =>
    Object.fromEntries((await findDataflow(db, 'CustomerPool')).tables.map((table) => [table.source, table.treatments]))

  test('are kept with its tables, custom attributes among them', async () => {
    await create({
      treatments: { users: { email: 'mask', sub: 'hash', custom_plan: 'hash', 'dev_custom_a="b"': 'drop' } },
    })
    expect(await treatments()).toMatchObject({
      users: { email: 'mask', sub: 'hash', custom_plan: 'hash', 'dev_custom_a="b"': 'drop' },
      groups: undefined,
    })
  })

  test('change one by one, without naming the tables, and "keep" takes one away', async () => {
    await create({ treatments: { users: { email: 'mask', name: 'drop' } } })
    await edit({ treatments: { users: { email: 'keep', phone_number: 'hash' }, groups: { description: 'drop' } } })
    expect(await treatments()).toMatchObject({
      users: { name: 'drop', phone_number: 'hash' },
      groups: { description: 'drop' },
    })
    await edit({ treatments: { users: { name: 'keep', phone_number: 'keep' } } })
    expect((await treatments()).users).toBeUndefined()
  })

  test('survive an edit that names the tables again, for those that stay', async () => {
    await create({ treatments: { users: { email: 'mask' }, groups: { description: 'drop' } } })
    await edit({ tables: [{ source: 'users', purpose: 'Customer 360' }] })
    await edit({
      tables: [
        { source: 'users', purpose: 'All' },
        { source: 'groups', purpose: 'All' },
      ],
      treatments: { users: { name: 'mask' } },
    })
    expect(await treatments()).toEqual({ users: { email: 'mask', name: 'mask' }, groups: undefined })
  })

  test('are replaced by those that are said with their table', async () => {
    await create({ treatments: { users: { email: 'mask' } } })
    await edit({ tables: [{ source: 'users', purpose: 'All', treatments: { name: 'mask', phone_number: 'keep' } }] })
    expect(await treatments()).toEqual({ users: { name: 'mask' } })
    await edit({ tables: [{ source: 'users', purpose: 'All', treatments: {} }] })
    expect(await treatments()).toEqual({ users: undefined })
  })

  test('are refused for a table that it does not import', async () => {
    const tables = [{ source: 'users', purpose: 'All' } as const]
    const groups = { groups: { description: 'drop' } } as const
    const refused = 'Nothing is imported of groups, so nothing there can be treated.'
    await expect(create({ tables, treatments: groups })).rejects.toThrow(refused)
    await create({ tables })
    await expect(edit({ treatments: groups })).rejects.toThrow(refused)
  })
})
