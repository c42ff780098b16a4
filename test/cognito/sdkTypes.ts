/**
 * The SDK's own types as it carries them at run time: by these schemas it reads what Cognito answers, so what is not in
 * them never arrives. A schema is a number (a text, number, boolean or date; a list or map of one), an array that begins
 * with its form, or a function that gives one of these.
 */
const [NAMED, LIST, MAP, STRUCTURE] = [0, 1, 2, 3]
const TEXT = 0
const NUMBER = 1
const BOOLEAN = 2
const DATE = 4
const LIST_OF = 64
const MAP_OF = 128

/** A single value somewhere in a record: `Policies.PasswordPolicy.MinimumLength`. */
export interface Leaf {
  readonly path: string
  /** As it stands on the wire, where dates are seconds. */
  readonly value: string | number | boolean
  readonly isDate: boolean
}

/** A record with every field of the type filled, no value twice, as Cognito would send it. */
export function filledRecord(structure: unknown): { record: Record<string, unknown>; leaves: Leaf[] } {
  const leaves: Leaf[] = []
  return { record: fill(structure, '', leaves) as Record<string, unknown>, leaves }
}

function fill(schema: unknown, path: string, leaves: Leaf[]): unknown {
  if (typeof schema === 'function') return fill(schema(), path, leaves)
  if (typeof schema === 'number') return fillSimple(schema, path, leaves)
  if (!Array.isArray(schema)) throw new TypeError(`${path} has a schema of an unknown form`)
  // a schema with traits of where it is used
  if (schema.length === 2) return fill(schema[0], path, leaves)
  const [form, , , , first, second] = schema
  if (form === NAMED) return fill(first, path, leaves)
  if (form === LIST) return [fill(first, path, leaves)]
  if (form === MAP) return { entry: fill(second, path, leaves) }
  if (form !== STRUCTURE) throw new TypeError(`${path} has a schema of an unknown form: ${form}`)
  const names: string[] = first
  return Object.fromEntries(names.map((name, at) => [name, fill(second[at], path ? `${path}.${name}` : name, leaves)]))
}

function fillSimple(schema: number, path: string, leaves: Leaf[]): unknown {
  if (schema >= MAP_OF) return { entry: fillSimple(schema - MAP_OF, path, leaves) }
  if (schema >= LIST_OF) return [fillSimple(schema - LIST_OF, path, leaves)]
  const value = simpleValue(schema, path, leaves.length)
  leaves.push({ path, value, isDate: schema === DATE })
  return value
}

function simpleValue(schema: number, path: string, nth: number): Leaf['value'] {
  if (schema === BOOLEAN) return true
  if (schema === NUMBER) return 7_000_000 + nth
  if (schema === DATE) return 1_700_000_000 + nth
  if (schema === TEXT) return `<${path}>`
  throw new TypeError(`${path} has a schema of an unknown kind: ${schema}`)
}
