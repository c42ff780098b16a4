import type { AskError } from '../../../src/errors.ts'
import { TextField } from '../../parts/field.tsx'
import { problemOf } from '../../parts/problems.tsx'
import { numberIn, type Typed, textIn } from '../../typed.ts'

interface Limits {
  readonly keepSnapshots?: number | undefined
  readonly maxRemovedPercent?: number | null | undefined
  readonly maxRemovedRows?: number | undefined
  readonly timeoutMinutes?: number | undefined
  readonly noProgressMinutes?: number | undefined
  readonly freshnessMinutes?: number | null | undefined
}

const FIELDS = [
  { name: 'keepSnapshots', label: 'Snapshots to keep', hint: 'Imports that can be rolled back to, 1 to 100.' },
  {
    name: 'maxRemovedPercent',
    label: 'Hold an import that removes more than so many percent of a table',
    hint: 'A person then approves or discards it. Left empty, nothing is held.',
  },
  {
    name: 'maxRemovedRows',
    label: 'And more than so many rows',
    hint: 'Small tables change by large shares every day.',
  },
  { name: 'timeoutMinutes', label: 'Minutes that a run may take', hint: 'A run that takes longer fails.' },
  {
    name: 'noProgressMinutes',
    label: 'Minutes without progress',
    hint: 'So does one of which nothing moves for so long.',
  },
  {
    name: 'freshnessMinutes',
    label: 'Minutes after which its data is late',
    hint: '1440 is a day. Left empty, it never is.',
  },
] as const satisfies readonly { readonly name: keyof Limits; readonly label: string; readonly hint: string }[]

/** What is kept, what is held back, and how long things may take. */
export function LimitFields({ typed, problem }: { readonly typed: Typed; readonly problem: AskError | undefined }) {
  return (
    <>
      {FIELDS.map(({ name, label, hint }) => (
        <TextField
          key={name}
          type="number"
          {...{ name, label, hint }}
          value={textIn(typed, name)}
          problem={problemOf(problem, name)}
        />
      ))}
    </>
  )
}

/** What holds where nobody says otherwise, as `createInput` has it. */
const USUAL = {
  keepSnapshots: 7,
  maxRemovedPercent: 15,
  maxRemovedRows: 20,
  timeoutMinutes: 24 * 60,
  noProgressMinutes: 30,
  freshnessMinutes: null,
} as const satisfies Required<Limits>

export function typedLimits(limits: Limits): Typed {
  const given = Object.entries({ ...USUAL, ...limits })
  const own = given.filter(([name]) => name in USUAL)
  return Object.fromEntries(own.map(([name, value]) => [name, value?.toString() ?? '']))
}

export function limitsFrom(typed: Typed) {
  const orNone = (name: keyof Limits) => (textIn(typed, name).trim() === '' ? null : numberIn(typed, name))
  return {
    keepSnapshots: numberIn(typed, 'keepSnapshots'),
    maxRemovedPercent: orNone('maxRemovedPercent'),
    maxRemovedRows: numberIn(typed, 'maxRemovedRows'),
    timeoutMinutes: numberIn(typed, 'timeoutMinutes'),
    noProgressMinutes: numberIn(typed, 'noProgressMinutes'),
    freshnessMinutes: orNone('freshnessMinutes'),
  }
}
