import { describe, expect, test } from 'vitest'
import { treatmentHint } from '../../src/dataflow/treatmentHints.ts'
import type { TableChoice } from '../../src/db/schema/dataflows.ts'

const choose = (source: string, treatments?: TableChoice['treatments']): TableChoice => ({
  ...{ source, purpose: 'All' },
  ...(treatments && { treatments }),
})

describe('who treats one name of a user', () => {
  test('is told of the others that are kept', () => {
    expect(treatmentHint([choose('users', { sub: 'hash' }), choose('group_members', { sub: 'hash' })])).toBe(
      "users.username, group_members.username are kept as they are, and may tell what users.sub, group_members.sub no longer do: in many pools a user's name is their sub.",
    )
    expect(treatmentHint([choose('users', { username: 'drop' }), choose('groups')])).toMatch(/^users\.sub are kept/)
  })

  test('is told nothing once all are treated, or none is', () => {
    const all = { sub: 'hash', username: 'hash' } as const
    expect(treatmentHint([choose('users', all), choose('group_members', all)])).toBeUndefined()
    expect(treatmentHint([choose('users', { email: 'mask' }), choose('group_members')])).toBeUndefined()
  })

  test('is told nothing of a table whose rows nobody reads', () => {
    const members: TableChoice = { source: 'group_members', purpose: 'Privacy-Metadata' }
    expect(treatmentHint([choose('users', { sub: 'hash', username: 'drop' }), members])).toBeUndefined()
  })
})
