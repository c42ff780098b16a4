import { createHash } from 'node:crypto'
import { sourceTable } from '../../src/cognito/catalogue.ts'
import type { PoolAttribute } from '../../src/cognito/describe.ts'
import { withTreatments } from '../../src/cognito/treatRows.ts'
import { type Treatments, treatShape } from '../../src/cognito/treatShape.ts'
import type { HashKey } from '../../src/config.ts'

export function hashKeyOf(seed: string): HashKey {
  const bytes = createHash('sha256').update(seed).digest()
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes }
}

export const KEY = hashKeyOf('the key')

/** What stands in the place of a record once a table's treatments are applied. */
export function treat(
  record: unknown,
  treatments: Treatments,
  { source = 'users', attributes = [], key = KEY }: Otherwise = {},
) {
  const table = sourceTable(source)
  const shape = treatShape(table.shape(attributes), treatments, key)
  return withTreatments(table.rowMapper(shape), shape, key)(record)
}

interface Otherwise {
  readonly source?: string
  readonly attributes?: readonly PoolAttribute[]
  readonly key?: HashKey | undefined
}

/** A user as ListUsers answers it. */
export function aUser(attributes: Readonly<Record<string, string>>, fields: object = {}) {
  const all = { sub: 'sub-1', ...attributes }
  return { Username: 'ada', ...fields, Attributes: Object.entries(all).map(([Name, Value]) => ({ Name, Value })) }
}
