import { createHash } from 'node:crypto'

/** A value that gives an import trouble, and what has to become of it. Written down by hand, by nothing the import uses. */
export interface Poison {
  readonly what: string
  /** Attributes as Cognito sends them; null: it sends none. */
  readonly sent: Readonly<Record<string, string | null>>
  /** What their columns show; those that are not named show nothing. */
  readonly shown?: Readonly<Record<string, string>>
  /** What `raw_values` holds: each is a warning. */
  readonly raw?: Readonly<Record<string, unknown>>
  /** Kept aside as a whole: also one warning, and no row. */
  readonly rejected?: true
}

const unstorable = (name: string, value: string, shown: string): Poison => ({
  what: `${name} that Postgres can't hold`,
  sent: { [name]: value },
  shown: { [name]: shown },
  raw: { [name]: { json: JSON.stringify(value) } },
})

const misfit = (name: string, value: string): Poison => ({
  what: `${name} that is none: ${value.slice(0, 30)}`,
  sent: { [name]: value },
  raw: { [name]: value },
})

const unknown = (name: string, keptAs = name): Poison => ({
  what: `an attribute that the schema does not know: ${name}`,
  sent: { [name]: 'still here' },
  raw: Object.fromEntries([[keptAs, 'still here']]),
})

const fits = (what: string, sent: Readonly<Record<string, string>>): Poison => ({ what, sent, shown: sent })

const rejected = (what: string, sub: string | null): Poison => ({ what, sent: { sub }, rejected: true })

/** Of hex digits by chance, so that compressing makes it no smaller than an index can hold. */
function longText(bytes: number): string {
  let text = ''
  while (text.length < bytes) text += createHash('sha256').update(text).digest('hex')
  return text.slice(0, bytes)
}

export const POISONS: readonly Poison[] = [
  unstorable('name', 'Nul\u0000la', 'Nul\ufffdla'),
  unstorable('nickname', '\u0000', '\ufffd'),
  unstorable('nickname', 'half \ud83d a pair', 'half \ufffd a pair'),
  unstorable('custom:plan', 'the other \ude00 half', 'the other \ufffd half'),
  unstorable('address', '\ude00\ud83d the wrong way round', '\ufffd\ufffd the wrong way round'),
  fits('a value of 2,048 bytes', { 'custom:plan': longText(2_048) }),
  fits('a value of 2,049 bytes, more than Cognito allows', { 'custom:plan': longText(2_049) }),
  fits('2,048 bytes of four-byte characters', { nickname: '\u{1f600}'.repeat(512) }),
  fits('a value of 100 kB', { profile: longText(100_000) }),
  fits('an email with quotes, backslashes and a JSON in it', { email: `'";--\\u0000 {"a":1} \\` }),
  fits('control characters and both directions', { name: '\u0001\u001b[31m\u202e\u2028\r\n\t' }),
  fits('a number of 400 digits', { 'custom:visits': '9'.repeat(400) }),
  unknown('custom:retired'),
  unknown('constructor'),
  unknown('raw_values'),
  unknown('snapshot_id'),
  unknown('custom:__proto__'),
  unknown('custom:\u0000', 'custom:\ufffd'),
  ...['many', '', 'NaN', 'Infinity', '1e999999', '1,5', '0x10', '\uff11\uff12', ' 5 ', '--1'].map((value) =>
    misfit('custom:visits', value),
  ),
  ...['yesterday', '', '2023-02-29', '0000-01-01', '10000-01-01', '2024-02-29T24:00:00Z', '12'].map((value) =>
    misfit('custom:joined_at', value),
  ),
  ...['yes', '', '1', 'truefalse'].map((value) => misfit('custom:newsletter', value)),
  misfit('email_verified', 'maybe'),
  misfit('updated_at', 'now'),
  ...['[', 'null', '["\\u0000"]', '[12345678901234567890]', '[1e400]'].map((value) => misfit('identities', value)),
  rejected('no sub', null),
  rejected('an empty sub', ''),
  rejected('a sub that Postgres cannot hold', 'a\u0000b'),
  rejected('half a character in a sub', 'a\ud83d'),
  rejected('a sub that no index can hold', longText(6_000)),
]

/** Names that Cognito allows, and nobody expects. */
export const ODD_GROUPS: readonly string[] = [
  `'";--\\`,
  '../../etc/passwd',
  '%00',
  '__proto__',
  'null',
  '\u{1f600}'.repeat(128),
  'é', // one character
  'e\u0301', // two that look the same
  '\u202eright to left',
]

/** Names that Cognito does not allow: if one came all the same, it would be kept aside. */
export const IMPOSSIBLE_GROUPS: readonly string[] = ['nul\u0000', 'half\ud83d', longText(6_000)]
