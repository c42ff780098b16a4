import { exact } from '../../parts/text.ts'
import type { Surroundings } from '../../surroundings.ts'
import type { Table } from './view.ts'

interface CellProps {
  readonly column: Table['columns'][number]
  readonly value: unknown
  readonly around: Pick<Surroundings, 'now' | 'zone'>
}

/** Longer ones would push all else off the screen: they open where somebody wants to read them. */
const MOST_CHARACTERS = 60

/** A value as Postgres has it; instants in the zone of whoever looks. */
export function Cell({ column, value, around }: CellProps) {
  if (value === null || value === undefined) return <span class="quiet">–</span>
  if (column.type === 'timestamptz' && isInstant(value)) {
    return (
      <time dateTime={value} title={value}>
        {exact(new Date(value), around.now, around.zone)}
      </time>
    )
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text.length <= MOST_CHARACTERS) return <>{text}</>
  return (
    <details>
      <summary>{text.slice(0, MOST_CHARACTERS)}…</summary>
      {text}
    </details>
  )
}

/** A masked one is none, nor are Postgres's infinities. */
function isInstant(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}
