import { createHmac, randomBytes } from 'node:crypto'
import type { HashKey } from '../config.ts'
import type { Row, TableShape, Treatment } from '../db/table.ts'
import { GiveUpError } from '../errors.ts'
import { customColumnName } from './columnName.ts'
import { mask } from './mask.ts'
import type { RawValue } from './rowDraft.ts'
import type { Mapped } from './sourceTable.ts'
import { toStorable } from './values.ts'

/** What stands in place of a text; undefined: nothing does. */
type Change = (text: string) => string | undefined

/**
 * Puts a table's treatments between `rowMapper` and everything that is written: into columns, into `raw_values` under
 * the fields of treated columns, and in place of records that could not become rows, which hold any of them.
 * @param shape as `treatShape` made it when the run was planned
 * @throws GiveUpError 'bad-configuration' when it hashes with another key than this one
 */
export function withTreatments(
  toRow: (record: unknown) => Mapped,
  shape: TableShape,
  hashKey: HashKey | undefined,
): (record: unknown) => Mapped {
  const treated = shape.columns.filter(({ treatment }) => treatment)
  if (treated.length === 0 && !shape.absent) return toRow
  const changes = changesWith(keyOf(shape, hashKey))
  const columns = treated.map(({ name, treatment = 'drop' }) => [name, changes[treatment]] as const)
  const rawChange = rawChangeFinder(shape, changes)
  return (record) => {
    const mapped = toRow(record)
    if ('reject' in mapped) return { ...mapped, record: withheld(mapped.record, shape.table, hashKey) }
    return { ...mapped, row: treatColumns(treatRaw(mapped.row, rawChange), columns) }
  }
}

function keyOf({ hashKey: planned }: TableShape, hashKey: HashKey | undefined): HashKey | undefined {
  if (planned === undefined || planned === hashKey?.id) return hashKey
  throw new GiveUpError(
    'bad-configuration',
    `The run was planned to hash with the key ${planned}, and this worker ${hashKey ? `has ${hashKey.id}` : 'has none'}.`,
    'Give every worker the same POOLKEEPER_HASH_KEY, then run it again.',
  )
}

/** Without a key nothing is to be hashed: who asked for it was told when the run was planned. */
function changesWith(hashKey: HashKey | undefined): Readonly<Record<Treatment, Change>> {
  return {
    drop: () => undefined,
    mask,
    hash: (text) => hashKey && hmac(hashKey.bytes, text),
  }
}

/** The same for the same text in every table, run and dataflow, so that hashed columns still join. */
function hmac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

/** What no treatment knows how to change is not stored. */
function treatColumns(row: Row, treated: readonly (readonly [string, Change])[]): Row {
  const changed: Record<string, unknown> = { ...row }
  for (const [name, change] of treated) {
    const value = changed[name]
    changed[name] = typeof value === 'string' ? change(value) : undefined
  }
  return changed
}

type RawChangeFinder = (name: string) => Change | undefined

function rawChangeFinder({ columns, absent = {} }: TableShape, changes: Record<Treatment, Change>): RawChangeFinder {
  // only of treated columns: a field may fill another one as well
  const byField = new Map(
    columns.flatMap(({ name, field = name, treatment }) =>
      treatment ? [[toStorable(field), changes[treatment]] as const] : [],
    ),
  )
  const byColumn = new Map(Object.entries(absent).map(([name, treatment]) => [name, changes[treatment]]))
  return (name) => byField.get(name) ?? byColumn.get(customColumnName(name) ?? '')
}

function treatRaw(row: Row, changeOf: RawChangeFinder): Row {
  if (!row.raw_values) return row
  const entries = Object.entries(row.raw_values as Record<string, RawValue | RawValue[]>)
  const changed = entries.flatMap(([name, value]) => {
    const change = changeOf(name)
    const treated = change ? changeRaw(value, change) : value
    return treated === undefined ? [] : [[name, treated] as const]
  })
  return { ...row, raw_values: changed.length > 0 ? Object.fromEntries(changed) : undefined }
}

function changeRaw(value: RawValue | RawValue[], change: Change): RawValue | RawValue[] | undefined {
  if (!Array.isArray(value)) return change(textOf(value))
  const changed = value.flatMap((one) => change(textOf(one)) ?? [])
  return changed.length > 0 ? changed : undefined
}

/** As it was sent. */
function textOf(value: RawValue): string {
  return typeof value === 'string' ? value : String(JSON.parse(value.json))
}

/** Of this process, where there is no other: a record that two workers read is then taken for two. */
const OWN_KEY = randomBytes(32)

/** Says nothing of the record but whether it is the same as another: they are counted. */
function withheld(record: string, table: string, hashKey: HashKey | undefined): string {
  const id = hmac(hashKey?.bytes ?? OWN_KEY, record).slice(0, 16)
  return `Withheld, because columns of ${table} are treated; record ${id}.`
}
