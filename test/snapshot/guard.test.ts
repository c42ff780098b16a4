import { describe, expect, test } from 'vitest'
import type { TableChange } from '../../src/snapshot/compare.ts'
import { objection } from '../../src/snapshot/guard.ts'

/** A table of `before` rows that loses some. */
function loses(removed: number, before: number, { table = 'users', added = 0 } = {}): TableChange {
  return { table, rows: before - removed + added, added, removed, changed: 0 }
}

describe('the guard', () => {
  test.each([
    ['nothing goes', loses(0, 1000), null],
    ['exactly the share that may go', loses(250, 1000), null],
    ['one row more than may go', loses(251, 1000), 'holds'],
    ['everything goes', loses(1000, 1000), 'holds'],
    ['fewer rows than matter, though all of a small table', loses(19, 19), null],
    ['as many rows as matter', loses(20, 20), 'holds'],
    ['a large share goes while as many come', loses(900, 1000, { added: 900 }), 'holds'],
    ['a first import, which has nothing to remove', loses(0, 0, { added: 5000 }), null],
  ])('with %s: %o', (_, change, verdict) => {
    expect(objection([change], 25) === null).toBe(verdict === null)
  })

  test('says in words what would go, and of which table', () => {
    const changes = [loses(0, 10), loses(1_200, 3_000, { table: 'group_members' })]
    expect(objection(changes, 25)).toBe(
      'It would remove 1,200 of 3,000 rows of group_members (40 %), more than the 25 % that this dataflow allows.',
    )
  })

  test('switched off lets everything through', () => {
    expect(objection([loses(1000, 1000)], null)).toBeNull()
  })

  test('at zero lets no row go, but for the handful that never matters', () => {
    expect(objection([loses(20, 1_000_000)], 0)).not.toBeNull()
    expect(objection([loses(19, 1_000_000)], 0)).toBeNull()
  })
})
