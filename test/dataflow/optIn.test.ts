import { beforeEach, describe, expect, test } from 'vitest'
import { createDataflow } from '../../src/dataflow/create.ts'
import { findDataflow } from '../../src/dataflow/dataflow.ts'
import { editDataflow } from '../../src/dataflow/edit.ts'
import { createInput, type EditInput, parseInput } from '../../src/dataflow/input.ts'
import { optInProblems } from '../../src/dataflow/optIn.ts'
import type { Database } from '../../src/db/database.ts'
import type { TableChoice } from '../../src/db/schema/dataflows.ts'
import { createTestDatabase } from '../support/database.ts'
import { example } from './examples.ts'
import { freshKeys } from './keys.ts'

const USERS = { source: 'users', purpose: 'All' } as const
const MFA = { source: 'user_mfa', purpose: 'All' } as const
const DEVICES = { source: 'user_devices', purpose: 'All' } as const

describe('an opt-in table', () => {
  test('is not imported unless it was chosen', () => {
    const { tables } = parseInput(createInput, example())
    for (const source of ['user_mfa', 'user_devices', 'user_auth_events']) {
      expect(tables.map((table) => table.source)).not.toContain(source)
    }
  })

  test.each<[string, readonly TableChoice[]]>([
    ['user_mfa goes by the rows of users: import the table users as well', [MFA]],
    ['for All or Customer 360', [{ ...USERS, purpose: 'Privacy-Metadata' }, MFA]],
    ['goes by users.sub: leave that untreated', [{ ...USERS, treatments: { sub: 'hash' } }, MFA]],
    [
      'goes by users.username, users.last_modified_at',
      [{ ...USERS, treatments: { username: 'hash', last_modified_at: 'drop' } }, MFA],
    ],
    ["user_mfa.sub can't be treated", [USERS, { ...MFA, treatments: { sub: 'hash' } }]],
    ["user_mfa can't be imported for Privacy-Metadata", [USERS, { ...MFA, purpose: 'Privacy-Metadata' }]],
    ['users takes no budget', [{ ...USERS, budget: 5 }, MFA]],
  ])('is refused: %s', (reason, choices) => {
    expect(optInProblems(choices).join(' ')).toContain(reason)
  })

  test('may be treated otherwise, beside users that are', () => {
    const users = { ...USERS, treatments: { email: 'mask' } } as const
    expect(optInProblems([users, { ...DEVICES, treatments: { last_ip: 'drop' }, budget: 5 }])).toEqual([])
  })

  test.each([
    ['at least 1 request', 0],
    ['a whole number of requests', 1.5],
    ['at most 1,000,000 requests', 1e9],
  ])('has a budget of %s', (reason, budget) => {
    const input = example({ tables: [USERS, { ...MFA, budget }] })
    expect(() => parseInput(createInput, input)).toThrow(reason)
  })
})

describe('what an opt-in table costs', () => {
  const keys = freshKeys()
  let db: Database

  beforeEach(async () => {
    ;({ db } = await createTestDatabase())
  })

  const create = (more: object = {}) => createDataflow(db, keys, example({ tables: [USERS, MFA], ...more }))
  const edit = (patch: EditInput) => editDataflow(db, keys, 'CustomerPool', patch)

  test('is stated before it is created: requests, time and money', async () => {
    await expect(create()).rejects.toThrow(
      /user_mfa asks Cognito for each user \(AdminGetUser\): at least 1,000 requests for 1,000 users, 0\.3 hours for 100,000 at 90 % of the quota\..*\$5\.50 \(Lite\), \$15\.00 \(Essentials\), \$20\.00 \(Plus\) for 1,000 users/,
    )
    await expect(create()).rejects.toMatchObject({ remedy: expect.stringContaining('--accept-costs') })
    await expect(findDataflow(db, 'CustomerPool')).rejects.toMatchObject({ code: 'not-found' })
    expect(await create({ acceptCosts: true })).toMatchObject({ tables: [USERS, MFA] })
  })

  test('is stated when it is added, and not again once it is there', async () => {
    await create({ acceptCosts: true })
    await expect(edit({ tables: [USERS, MFA, DEVICES] })).rejects.toThrow(
      /^Nothing was changed, because of what this would cost\. user_devices .*0\.6 hours for 100,000 .*AWS's price list names no charge for it\.$/,
    )
    expect(await edit({ tables: [USERS, { ...MFA, budget: 500 }] })).toMatchObject({
      tables: [USERS, { ...MFA, budget: 500 }],
    })
    expect(await edit({ tables: [USERS, DEVICES], acceptCosts: true })).toMatchObject({ tables: [USERS, DEVICES] })
    await expect(edit({ tables: [USERS, MFA] })).rejects.toThrow('user_mfa')
  })
})
