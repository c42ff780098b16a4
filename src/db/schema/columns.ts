import { bigint, customType, pgSchema, timestamp } from 'drizzle-orm/pg-core'

/** The control tables. What people read stands in a schema per dataflow, made by `src/snapshot`. */
export const poolkeeper = pgSchema('poolkeeper')

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

export const identity = (name = 'id') => bigint(name, { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity()

export const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0)
