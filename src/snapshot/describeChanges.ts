import { type Column, type TableShape, TREATED, type Treatment } from '../db/table.ts'

/**
 * What a run does otherwise than the one before it, in sentences for history: columns that the pool's schema has gained,
 * lost or retyped, treatments, and the purpose. Of a table that only one of them has nothing is said.
 */
export function describeChanges(before: readonly TableShape[], after: readonly TableShape[]): string[] {
  return after.flatMap((shape) => {
    const earlier = before.find(({ table }) => table === shape.table)
    return earlier ? changesOf(earlier, shape) : []
  })
}

function changesOf(before: TableShape, after: TableShape): string[] {
  return [
    ...purpose(before, after),
    ...without(after, before).map((column) => gained(after, column)),
    ...without(before, after).map((column) => lost(after, column)),
    ...after.columns.flatMap((column) => retyped(after, before.columns.find(isNamed(column.name)), column)),
    ...treatments(before, after),
    ...otherKey(before, after),
  ]
}

const isNamed =
  (name: string) =>
  (column: Column): boolean =>
    column.name === name

/** The columns that the one has and the other has not. */
function without(one: TableShape, other: TableShape): readonly Column[] {
  return one.columns.filter(({ name }) => !other.columns.some(isNamed(name)))
}

function purpose(before: TableShape, { table, purpose }: TableShape): string[] {
  if (!before.purpose || !purpose || before.purpose === purpose) return []
  return [`${table}: the purpose is ${purpose} now, and was ${before.purpose}.`]
}

function gained({ table }: TableShape, { name, field = name, treatment }: Column): string {
  const treated = treatment ? `, ${TREATED[treatment]}` : ''
  return `${table}: the pool's schema has gained ${field}. It is in the column ${name} from this run on${treated}.`
}

function lost({ table }: TableShape, { name, field = name }: Column): string {
  return `${table}: the pool's schema has no ${field} any more. The column ${name} stays, empty from now on; what users still carry is kept in raw_values.`
}

function retyped({ table }: TableShape, before: Column | undefined, { name, type, declared }: Column): string[] {
  if (!before || before.declared === declared) return []
  const column = `${table}.${name}`
  if (!declared) return [`${column} is ${type} in the pool's schema again, as it stayed here.`]
  const stays = `${column} is ${declared} in the pool's schema now. The column stays ${type}`
  return [type === 'text' ? `${stays}, which takes every value.` : `${stays}; what does not fit is kept in raw_values.`]
}

/** Of columns that both have: a new one's is said with it, and a lost one's goes on in `raw_values`. */
function treatments(before: TableShape, after: TableShape): string[] {
  const earlier = treatmentsOf(before)
  const now = treatmentsOf(after)
  const names = [...new Set([...earlier.keys(), ...now.keys()])].filter((name) => !isNew(name, before, after))
  return names.flatMap((name) => {
    const [was, is] = [earlier.get(name), now.get(name)]
    if (was === is) return []
    const rows = after.key.includes(name) ? ' As part of the key it makes every row another one.' : ''
    return [`${after.table}.${name} is ${word(is)} from this run on, and was ${word(was)}.${rows}`]
  })
}

function isNew(name: string, before: TableShape, after: TableShape): boolean {
  return without(after, before).some(isNamed(name)) && !before.absent?.[name]
}

const word = (treatment: Treatment | undefined) => (treatment ? TREATED[treatment] : 'kept as it is')

function treatmentsOf({ columns, absent = {} }: TableShape): ReadonlyMap<string, Treatment> {
  const marked = columns.flatMap(({ name, treatment }) => (treatment ? [[name, treatment] as const] : []))
  return new Map([...marked, ...Object.entries(absent)])
}

function otherKey(before: TableShape, { table, hashKey }: TableShape): string[] {
  if (!before.hashKey || !hashKey || before.hashKey === hashKey) return []
  return [`${table} is hashed with key ${hashKey} now, and was with ${before.hashKey}: hashes of before match no more.`]
}
