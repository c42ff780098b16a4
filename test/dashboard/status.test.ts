import { expect, test } from 'vitest'
import { dataflowStatus } from '../../dashboard/parts/status.tsx'
import { duration, exact, relative } from '../../dashboard/parts/text.ts'

const NOW = new Date('2026-11-24T02:00:00Z')
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000)

type Health = Parameters<typeof dataflowStatus>[0]

const IDLE: Health = { lastRun: null, nextRunAt: null, pausedAt: null, pauseReason: null, lateSince: null }

const latest = (
  state: 'streaming' | 'failed' | 'held' | 'succeeded' | 'cancelled',
  description: string | null = null,
) => ({
  lastRun: { id: 1, state, description },
})
const paused = { pausedAt: minutesAgo(60), pauseReason: 'Rolled back to run 3.' }
const overdue = { nextRunAt: minutesAgo(150) }

test.each<[string, Partial<Health>, string, string | null]>([
  ['never run', {}, 'Never run', null],
  ['never run, its slot just due', { nextRunAt: minutesAgo(1) }, 'Never run', null],
  ['ran well', latest('succeeded', 'approved by ana'), 'Succeeded', null],
  ['cancelled', latest('cancelled', 'Cancelled by ana.'), 'Cancelled', 'Cancelled by ana.'],
  ['running, though paused', { ...latest('streaming'), ...paused }, 'Running', null],
  ['failed, and paused since', { ...latest('failed', 'No.'), ...paused }, 'Failed', 'No.'],
  ['held, its next slot missed', { ...latest('held', 'Too many gone.'), ...overdue }, 'Held', 'Too many gone.'],
  ['without a success for too long', { ...latest('succeeded'), lateSince: minutesAgo(150) }, 'Late', '2 h overdue'],
  ['late, and failed as well', { ...latest('failed', 'No.'), lateSince: minutesAgo(150) }, 'Failed', 'No.'],
  [
    'late, because it is paused',
    { ...latest('succeeded'), ...paused, lateSince: minutesAgo(5) },
    'Late',
    '5 min overdue',
  ],
  ['paused', { ...latest('succeeded'), ...paused, ...overdue }, 'Paused', 'Rolled back to run 3.'],
  [
    'ran well, then nothing ran',
    { ...latest('succeeded'), ...overdue },
    'Late',
    '2 h overdue: is a scheduler running?',
  ],
])('a dataflow that is %s', (_situation, seen, word, note) => {
  expect(dataflowStatus({ ...IDLE, ...seen }, NOW)).toMatchObject({ word, note })
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
