import { expect, test } from 'vitest'
import { type Result, resultsIn, withResult } from '../../bench/results.ts'

const RESULT: Result = {
  bench: 'memory',
  machine: {
    ...{ cpu: 'A', cores: 2, memoryGB: 24, node: 'v20', platform: 'linux x64', date: '2026-11-25T19:53:49.637Z' },
  },
  goals: [{ name: 'MB', value: 155, goal: '≤ 200', met: true }],
  rows: [{ users: 10_000, peakMB: 155 }],
}
const PAGE = '# Performance\n<!-- bench:memory -->\nold\n<!-- /bench:memory -->\nfinding\n'

test('results are found among what npm writes', () => {
  const printed = ['', '> poolkeeper@0.1.0 bench', JSON.stringify(RESULT, null, 2), JSON.stringify(RESULT, null, 2), '']
  expect(resultsIn(printed.join('\n'))).toEqual([RESULT, RESULT])
})

test('results take the place of older ones, with machine and date, and leave the rest of the page alone', () => {
  const page = withResult(PAGE, RESULT, 'images/bench-memory.svg')
  expect(page).toBe(`# Performance
<!-- bench:memory -->
Measured on 2026-11-25: A, 2 cores, 24 GB, Node v20, linux x64.

![memory](images/bench-memory.svg)

| goal | wanted | measured |  |
|---|---|---|---|
| MB | ≤ 200 | 155 | ✓ |

| users | peak MB |
|---|---|
| 10,000 | 155 |
<!-- /bench:memory -->
finding
`)
  expect(withResult(page, RESULT, 'images/bench-memory.svg')).toBe(page)
})

test('a page without a place for them is said to have none', () => {
  expect(() => withResult('# Performance', RESULT)).toThrow('no place for memory')
})
