import { describe, expect, test } from 'vitest'
import type { TableChange } from '../../src/snapshot/compare.ts'
import { objection } from '../../src/snapshot/guard.ts'

const ALLOWED = { percent: 15, rows: 20 }

/** A table of `before` rows that loses some. */
function loses(removed: number, before: number, { table = 'users', added = 0 } = {}): TableChange {
  return { table, rows: before - removed + added, added, removed, changed: 0 }
}

describe('the guard', () => {
  test.each([
    ['nothing goes', loses(0, 1000), null],
    ['exactly the share that may go', loses(150, 1000), null],
    ['one row more than may go', loses(151, 1000), 'holds'],
    ['everything goes', loses(1000, 1000), 'holds'],
    ['no more rows than may go, though most of a small table', loses(20, 21), null],
    ['one row more, and a large share', loses(21, 22), 'holds'],
    ['many rows, but a small share', loses(21, 1000), null],
    ['a small table that comes back empty', loses(5, 5), 'holds'],
    ['all of a small table replaced', loses(5, 5, { added: 5 }), null],
    ['a large share goes while as many come', loses(900, 1000, { added: 900 }), 'holds'],
    ['a first import, which has nothing to remove', loses(0, 0, { added: 5000 }), null],
    ['a table that was empty and stays so', loses(0, 0), null],
  ])('with %s: %o', (_, change, verdict) => {
    expect(objection([change], ALLOWED) === null).toBe(verdict === null)
  })

  test('says in words what would go, and of which tables', () => {
    const changes = [loses(5, 5, { table: 'groups' }), loses(0, 10), loses(1_200, 3_000, { table: 'group_members' })]
    expect(objection(changes, { percent: 15, rows: 1_000 })).toBe(
      'It would remove all 5 rows of groups, which came back empty, and 1,200 of 3,000 rows of group_members (40 %). This dataflow lets go at most 15 % or 1,000 rows of a table, and no table may come back empty.',
    )
  })

  test('never says that it was as much as may go', () => {
    expect(objection([loses(15_001, 100_000)], ALLOWED)).toContain('(15.1 %)')
  })

  test.each([
    ['no row at all', { percent: 0, rows: 0 }, loses(1, 1_000_000), 'holds'],
    ['a handful, whatever share that is', { percent: 0, rows: 20 }, loses(20, 1_000_000), null],
    ['any share but all', { percent: 100, rows: 0 }, loses(999_999, 1_000_000), null],
    ['any share, and yet not all', { percent: 100, rows: 1_000 }, loses(5, 5), 'holds'],
  ])('can be told to let go %s', (_, allowance, change, verdict) => {
    expect(objection([change], allowance) === null).toBe(verdict === null)
  })
})
