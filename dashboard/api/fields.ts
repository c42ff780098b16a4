import type { oas31 } from 'zod-openapi'

type Schema = oas31.SchemaObject | oas31.ReferenceObject

/** One line about a part of what is sent or answered. */
export interface Field {
  /** Where it stands: `tables[].source`. */
  readonly name: string
  readonly type: string
  /** The component that it is one of, or a list of. */
  readonly component: string | undefined
  readonly required: boolean
  readonly about: string
}

/** Everything in a schema, down to the components that it refers to. */
export function fieldsOf(schema: Schema): Field[] {
  const byName = new Map<string, Field>()
  for (const field of allFieldsOf(schema, '')) {
    const same = byName.get(field.name)
    const type = same && same.type !== field.type ? `${same.type} or ${field.type}` : field.type
    byName.set(field.name, { ...field, ...same, type })
  }
  return [...byName.values()]
}

/** A field comes once for each alternative that has it; it must be sent if that holds for all of them. */
function allFieldsOf(schema: Schema, under: string): Field[] {
  const objects = objectsIn(schema)
  return objects.flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([key, part]) => {
      const name = `${under}${key}`
      const inside = allFieldsOf(part, `${name}${isList(part) ? '[]' : ''}.`)
      const required = objects.every((one) => one.required?.includes(key))
      return [fieldOf(name, part, required), ...inside]
    }),
  )
}

/** One line about a schema. */
export function fieldOf(name: string, schema: Schema, required: boolean): Field {
  return { name, type: typeOf(schema), component: componentOf(schema), required, about: aboutOf(schema) }
}

/** The component that a schema refers to, or one of whose it is a list, or which it may be instead of null. */
export function componentOf(schema: Schema): string | undefined {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1)
  if (isList(schema)) return componentOf(schema.items)
  return alternatives(schema).map(componentOf).find(Boolean)
}

/** A schema's type in words. */
export function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return componentOf(schema) ?? ''
  if (!isWhole(schema)) return ''
  const others = alternatives(schema)
  if (others.length > 0) return [...new Set(others.map(typeOf))].join(' or ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value: unknown) => JSON.stringify(value)).join(' or ')
  if (isList(schema)) return `list of ${typeOf(schema.items)}`
  const { additionalProperties: values } = schema
  if (typeof values === 'object' && Object.keys(values).length > 0) return `map to ${typeOf(values)}`
  const types = [schema.type ?? 'anything'].flat().join(' or ')
  return schema.format ? types.replace('string', schema.format) : types
}

function aboutOf(schema: Schema): string {
  if (!isWhole(schema)) return ''
  const preset = schema.default === undefined ? '' : `Default: ${JSON.stringify(schema.default)}.`
  return [schema.description, preset].filter(Boolean).join(' ')
}

function objectsIn(schema: Schema): oas31.SchemaObject[] {
  if (!isWhole(schema)) return []
  if (isList(schema)) return objectsIn(schema.items)
  return schema.properties ? [schema] : alternatives(schema).flatMap(objectsIn)
}

function alternatives(schema: Schema): Schema[] {
  return isWhole(schema) ? [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])] : []
}

function isWhole(schema: Schema): schema is oas31.SchemaObject {
  return schema.$ref === undefined
}

function isList(schema: Schema): schema is oas31.SchemaObject & { items: Schema } {
  return isWhole(schema) && schema.items !== undefined
}
