import { expect, test } from 'vitest'
import { reasonToHold } from '../../src/worker/hold.ts'

const DATAFLOW = { name: 'CustomerPool', maxRemovedPercent: 15, maxRemovedRows: 20 }
const OFF = { ...DATAFLOW, maxRemovedPercent: null }
const GROUPS_GONE = { table: 'groups', rows: 0, added: 0, removed: 3, changed: 0 }
const USERS = { table: 'users', rows: 1_800, added: 1_800, removed: 0, changed: 0 }
const FINISHED = { dataflow: DATAFLOW, rolledBackTo: null, changes: [USERS], users: null }
const MISSING = { byShards: 1_700, asOneStream: 1_700, keptAside: 0, estimated: 2_000 }

test('an import that nothing speaks against is not held', () => {
  expect(reasonToHold(FINISHED)).toBeNull()
})

test('all that speaks against an import stands in one text', () => {
  const hold = reasonToHold({ ...FINISHED, changes: [GROUPS_GONE, USERS], users: MISSING })
  expect(hold).toMatchObject({ cause: 'guard' })
  expect(hold?.doubts).toMatch(/1,800 different ones\. It would remove all 3 rows of groups\.?/)
})

test("users that don't add up hold a first import as well, which removes nothing", () => {
  expect(reasonToHold({ ...FINISHED, users: MISSING })).toMatchObject({ cause: 'guard' })
})

test('users that were kept aside are not missing', () => {
  expect(reasonToHold({ ...FINISHED, users: { ...MISSING, asOneStream: null, keptAside: 200 } })).toBeNull()
})

test('a guard that is off lets all of it through', () => {
  expect(reasonToHold({ ...FINISHED, dataflow: OFF, changes: [GROUPS_GONE, USERS], users: MISSING })).toBeNull()
})

test('but no import that would undo a rollback', () => {
  expect(reasonToHold({ ...FINISHED, dataflow: OFF, rolledBackTo: 5 })).toMatchObject({
    cause: 'rolled-back-meanwhile',
    doubts: expect.stringMatching(/rolled back to run 5\.$/),
  })
})
