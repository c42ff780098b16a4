import { expect, test } from 'vitest'
import { endOfDay, startOfDay } from '../../dashboard/zone.ts'

test.each([
  ['2026-11-24', 'UTC', '2026-11-24T00:00', '2026-11-25T00:00'],
  ['2026-11-24', 'Europe/Berlin', '2026-11-23T23:00', '2026-11-24T23:00'],
  ['2026-11-24', 'America/New_York', '2026-11-24T05:00', '2026-11-25T05:00'],
  ['2026-11-24', 'Pacific/Kiritimati', '2026-11-23T10:00', '2026-11-24T10:00'],
  ['2026-12-31', 'Asia/Kolkata', '2026-12-30T18:30', '2026-12-31T18:30'],
  // 23 and 25 hours
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00', '2026-03-29T22:00'],
  ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00', '2026-10-25T23:00'],
  // no midnight
  ['2026-09-06', 'America/Santiago', '2026-09-06T04:00', '2026-09-07T03:00'],
])('%s in %s is from %s to %s', (day, zone, start, end) => {
  expect(startOfDay(day, zone)).toEqual(new Date(`${start}Z`))
  expect(endOfDay(day, zone)).toEqual(new Date(`${end}Z`))
})
