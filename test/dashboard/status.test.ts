import { expect, test } from 'vitest'
import { statusNote } from '../../dashboard/parts/status.tsx'
import { duration, exact, relative } from '../../dashboard/parts/text.ts'

const NOW = new Date('2026-11-24T02:00:00Z')
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000)

type Health = Parameters<typeof statusNote>[0]

const IDLE: Health = { status: 'new', lastRun: null, nextRunAt: null, pauseReason: null, lateSince: null }

const lastRun = { description: 'What happened.' }

test.each<[Partial<Health>, string | null]>([
  [{ status: 'new' }, null],
  [{ status: 'completed', lastRun }, null],
  [{ status: 'failed', lastRun }, 'What happened.'],
  [{ status: 'held', lastRun }, 'What happened.'],
  [{ status: 'cancelled', lastRun }, 'What happened.'],
  [{ status: 'running' }, null],
  [{ status: 'paused', lastRun, pauseReason: 'Rolled back to run 3.' }, 'Rolled back to run 3.'],
  [{ status: 'late', lastRun, lateSince: minutesAgo(150).toISOString() }, '2 h overdue'],
  [{ status: 'late', lastRun, nextRunAt: minutesAgo(150).toISOString() }, '2 h overdue: is a scheduler running?'],
])('beside the word a dataflow says what that leaves open: %j', (seen, note) => {
  expect(statusNote({ ...IDLE, ...seen }, NOW)).toBe(note)
})

test.each([
  [0, '0.0 s'],
  [9.94, '9.9 s'],
  [59.4, '59 s'],
  [421, '7 min 1 s'],
  [7_260, '2 h 1 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

test('times are told relative to now, and exactly in their zone', () => {
  expect(relative(minutesAgo(0.5), NOW)).toBe('just now')
  expect(relative(minutesAgo(90), NOW)).toBe('1 h ago')
  expect(relative(minutesAgo(-3 * 24 * 60), NOW)).toBe('in 3 days')
  expect(exact(NOW, NOW, 'Europe/Berlin')).toBe('24 Nov, 03:00 Europe/Berlin')
  expect(exact(new Date('2025-01-02T03:04:05Z'), NOW, 'UTC')).toBe('2 Jan 2025, 03:04 UTC')
})
