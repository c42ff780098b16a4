import { expect, test } from 'vitest'
import { type Grants, grantsOf, mayGrant } from '../../src/access/caller.ts'

const ADMIN = grantsOf('admin', false, null)

test('an admin sees personal values, others only where it was said', () => {
  expect(ADMIN.personal).toBe(true)
  expect(grantsOf('operator', false, null).personal).toBe(false)
  expect(grantsOf('viewer', true, [7])).toEqual({ role: 'viewer', personal: true, dataflows: [7] })
})

test.each<[string, Grants, Grants, boolean]>([
  ['what they have themselves', ADMIN, ADMIN, true],
  ['less', ADMIN, grantsOf('viewer', false, [7]), true],
  ['a role above their own', grantsOf('operator', true, null), ADMIN, false],
  [
    'a look at personal values that they have not',
    grantsOf('operator', false, null),
    grantsOf('viewer', true, null),
    false,
  ],
  ['some of their dataflows', grantsOf('admin', true, [7, 8]), grantsOf('admin', true, [8]), true],
  ['another dataflow', grantsOf('admin', true, [7]), grantsOf('viewer', false, [7, 8]), false],
  ['all dataflows, having some', grantsOf('admin', true, [7]), grantsOf('viewer', false, null), false],
])('somebody who hands out %s', (_what, own, wanted, may) => {
  expect(mayGrant(own, wanted)).toBe(may)
})
