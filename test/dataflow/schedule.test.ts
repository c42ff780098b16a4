import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextSlot, schedule, timezone, upcomingSlots } from '../../src/dataflow/schedule.ts'

/** Each case: what it shows, schedule, zone, from when, and every slot that follows, in UTC. */
const CHANGES: readonly (readonly [string, string, string, string, readonly string[]])[] = [
  [
    'a time in the gap comes once, when the gap ends',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-03-28T12:00Z',
    ['2026-03-29T01:00Z', '2026-03-30T00:30Z'],
  ],
  [
    'a repeated time comes once, the first time round',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-10-24T12:00Z',
    ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
  ],
  [
    'a time in the gap comes once, when the gap ends',
    '30 2 * * *',
    'America/New_York',
    '2026-03-07T12:00Z',
    ['2026-03-08T07:00Z', '2026-03-09T06:30Z'],
  ],
  [
    'a repeated time comes once, the first time round',
    '30 1 * * *',
    'America/New_York',
    '2026-10-31T12:00Z',
    ['2026-11-01T05:30Z', '2026-11-02T06:30Z'],
  ],
  [
    'a time in a gap of half an hour comes once, when the gap ends',
    '15 2 * * *',
    'Australia/Lord_Howe',
    '2026-10-03T00:00Z',
    ['2026-10-03T15:30Z', '2026-10-04T15:15Z'],
  ],
  [
    'a time in a repeated half hour comes once, the first time round',
    '45 1 * * *',
    'Australia/Lord_Howe',
    '2026-04-04T00:00Z',
    ['2026-04-04T14:45Z', '2026-04-05T15:15Z'],
  ],
  [
    'midnight, where the gap begins at midnight, comes at one',
    '0 0 * * *',
    'America/Sao_Paulo',
    '2018-11-03T12:00Z',
    ['2018-11-04T03:00Z', '2018-11-05T02:00Z'],
  ],
  [
    'a time before midnight that is repeated comes once',
    '30 23 * * *',
    'America/Sao_Paulo',
    '2018-02-17T12:00Z',
    ['2018-02-18T01:30Z', '2018-02-19T02:30Z'],
  ],
  [
    'a list of hours is as fixed as one hour',
    '30 2,14 * * *',
    'Europe/Berlin',
    '2026-03-28T20:00Z',
    ['2026-03-29T01:00Z', '2026-03-29T12:30Z'],
  ],
  [
    'several times of a fixed hour fall together when the gap swallows them',
    '*/20 2 * * *',
    'Europe/Berlin',
    '2026-03-28T12:00Z',
    ['2026-03-29T01:00Z', '2026-03-30T00:00Z'],
  ],
  [
    'several times of a fixed hour come once each when it is repeated',
    '0-59/30 2 * * *',
    'Europe/Berlin',
    '2026-10-24T12:00Z',
    ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-26T01:00Z'],
  ],
  [
    'an hourly schedule keeps to every hour that there is, over the gap',
    '0 * * * *',
    'Europe/Berlin',
    '2026-03-28T23:30Z',
    ['2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z'],
  ],
  [
    'an hourly schedule keeps to every hour that there is, over the repeat',
    '@hourly',
    'Europe/Berlin',
    '2026-10-24T23:30Z',
    ['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z'],
  ],
]

describe('slots over a change of the clock', () => {
  test.each(CHANGES)('%s (%s, %s)', (_, cron, zone, from, expected) => {
    const slots: Date[] = []
    let after = new Date(from)
    while (slots.length < expected.length) {
      after = nextSlot(cron, zone, after)
      slots.push(after)
    }
    expect(slots).toEqual(expected.map((text) => new Date(text)))
    expect(upcomingSlots(cron, zone, new Date(from), expected.length)).toEqual(slots)
  })

  test('asking within the repeated hour does not bring the slot a second time', () => {
    for (const from of ['2026-10-25T00:30Z', '2026-10-25T00:45Z', '2026-10-25T01:05Z', '2026-10-25T01:30Z']) {
      expect(nextSlot('30 2 * * *', 'Europe/Berlin', new Date(from))).toEqual(new Date('2026-10-26T01:30Z'))
    }
  })

  test('a nightly schedule has one slot a day, every day, in every zone', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Santiago',
      'Asia/Kolkata',
      'UTC',
    ]
    const time = fc.tuple(fc.constantFrom(...zones), fc.nat(59), fc.nat(23))
    fc.assert(
      fc.property(time, ([zone, minute, hour]) => {
        const slots = upcomingSlots(`${minute} ${hour} * * *`, zone, new Date('2026-01-01T00:00Z'), 365)
        const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
        expect(new Set(slots.map((slot) => day.format(slot))).size).toBe(365)
        const spaces = slots.slice(1).map((slot, index) => Number(slot) - Number(slots[index]))
        expect(Math.max(...spaces)).toBeLessThanOrEqual(25 * 3_600_000)
        expect(Math.min(...spaces)).toBeGreaterThanOrEqual(22.5 * 3_600_000)
      }),
      { numRuns: 10 },
    )
  })
})

describe('a schedule', () => {
  const problem = (cron: string) => schedule.safeParse(cron).error?.issues[0]?.message

  test.each(['30 2 * * *', '0 */6 * * 1-5', '15 3 1 * *', '0 4 * * SUN', '0 0 L * *', '@daily', '@Hourly', '@weekly'])(
    'may be %s',
    (cron) => {
      expect(schedule.parse(cron)).toBe(cron)
    },
  )

  test.each([
    ['0 30 2 * * *', 'has 6 fields; seconds and years are not taken'],
    ['0 2 * *', 'has 4 fields; use five fields'],
    ['', 'use five fields'],
    ['daily', 'use five fields'],
    ['61 2 * * *', 'minute: 61'],
    ['0 2 * * FOO', 'use five fields'],
    ['@reboot', 'there is no preset @reboot; use @hourly'],
    ['0 0 31 2 *', 'a day that never comes'],
    ['2027-01-01T00:00:00', 'use five fields'],
  ])('is refused as %j, saying why', (cron, reason) => {
    expect(problem(cron)).toContain(reason)
  })

  test('is refused or has a next slot, whatever was typed', () => {
    const field = fc.oneof(fc.constantFrom('*', '?', 'L', '1-5', '*/7', '5#2', '1W'), fc.string({ maxLength: 4 }))
    fc.assert(
      fc.property(fc.array(field, { minLength: 4, maxLength: 6 }), (fields) => {
        const parsed = schedule.safeParse(fields.join(' '))
        if (parsed.success) expect(nextSlot(parsed.data, 'Europe/Berlin', new Date())).toBeInstanceOf(Date)
      }),
    )
  })
})

describe('a time zone', () => {
  const problem = (name: string) => timezone.safeParse(name).error?.issues[0]?.message

  test('takes the spelling of the tz database', () => {
    expect(timezone.parse('europe/berlin')).toBe('Europe/Berlin')
    expect(timezone.parse('utc')).toBe('UTC')
    expect(timezone.parse('Asia/Kolkata')).toBe('Asia/Kolkata')
  })

  test.each([
    ['Europe/Berln', 'did you mean Europe/Berlin?'],
    ['Berlin', 'did you mean Europe/Berlin?'],
    ['new york', 'did you mean America/New_York?'],
    ['+02:00', 'use an IANA name'],
    ['', 'use an IANA name'],
    ['x'.repeat(100_000), 'use an IANA name'],
  ])('is refused as %j with a hint', (name, hint) => {
    expect(problem(name)).toContain(hint)
  })
})
