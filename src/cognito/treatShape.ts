import type { HashKey } from '../config.ts'
import { type Column, type TableShape, TREATED, type Treatment } from '../db/table.ts'
import { GiveUpError } from '../errors.ts'

/** Column → what is done to its values before anything is written. */
export type Treatments = Readonly<Record<string, Treatment>>

/**
 * Marks what is done to the columns of a table, in words as well: comments tell whoever reads the table. Call it once
 * the types that stand are known: only texts can be masked or hashed, and of anything else nothing is stored.
 * @throws GiveUpError 'bad-configuration' when something is to be hashed and there is no key
 */
export function treatShape(
  shape: TableShape,
  treatments: Treatments | undefined,
  hashKey: HashKey | undefined,
): TableShape {
  const wanted = new Map(Object.entries(treatments ?? {}))
  if (wanted.size === 0) return shape
  const key = [...wanted.values()].includes('hash') ? keyOf(shape, hashKey) : undefined
  const columns = shape.columns.map((column) => treatColumn(column, wanted.get(column.name), key))
  const absent = [...wanted].filter(([name]) => !shape.columns.some((column) => column.name === name))
  return {
    ...shape,
    columns,
    comment: `${shape.comment} (${summary(columns, absent, key)})`,
    ...(absent.length > 0 && { absent: Object.fromEntries(absent) }),
    ...(key && { hashKey: key }),
  }
}

function keyOf({ table }: TableShape, hashKey: HashKey | undefined): string {
  if (hashKey) return hashKey.id
  throw new GiveUpError(
    'bad-configuration',
    `Columns of ${table} are to be hashed, and there is no key to hash with.`,
    'Set POOLKEEPER_HASH_KEY to 32 bytes in base64 (make one: openssl rand -base64 32) for every worker.',
  )
}

function treatColumn(column: Column, treatment: Treatment | undefined, key: string | undefined): Column {
  if (treatment === undefined) return column
  const { type, comment } = column
  if (treatment === 'drop') return { ...column, treatment, comment: `Dropped: always null. ${comment}` }
  if (type !== 'text') {
    const why = `only texts can be ${TREATED[treatment]}, and this is ${type}`
    return { ...column, treatment: 'drop', comment: `Dropped: always null, because ${why}. ${comment}` }
  }
  return { ...column, treatment, comment: `${treatment === 'hash' ? hashedWith(key) : 'Masked'}: ${comment}` }
}

const hashedWith = (key: string | undefined) => `Hashed with key ${key}`

/** `dropped: picture; masked: email, name`, for the table's own comment. */
function summary(
  columns: readonly Column[],
  absent: readonly (readonly [string, Treatment])[],
  key: string | undefined,
): string {
  const treated = [...columns.map(({ name, treatment }) => [name, treatment] as const), ...absent]
  const words = { ...TREATED, hash: hashedWith(key).toLowerCase() }
  const parts = (['drop', 'mask', 'hash'] as const).map((treatment) => {
    const names = treated.filter(([, other]) => other === treatment).map(([name]) => name)
    return names.length > 0 ? `${words[treatment]}: ${names.join(', ')}` : undefined
  })
  return parts.filter((part) => part !== undefined).join('; ')
}
