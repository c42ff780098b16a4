import { z } from 'zod'
import { aboutSchemas } from './about.ts'
import { accessSchemas } from './access.ts'
import { databaseSchemas } from './databases.ts'
import { dataflowSchemas } from './dataflows.ts'
import { draftSchemas } from './drafts.ts'
import { type InputShape, type OperationSchemas, paramsOf, type TextFile } from './operation.ts'
import { poolSchemas } from './pools.ts'
import { quotaSchemas } from './quotas.ts'
import { readerSchemas } from './readers.ts'
import { type OperationName, ROUTES } from './routes.ts'
import { runSchemas } from './runs.ts'
import { snapshotSchemas } from './snapshots.ts'
import { webhookSchemas } from './webhooks.ts'

/** What goes into every operation and what comes out: for checking it, for its types and for the description of the API. */
export const CONTRACT = {
  ...dataflowSchemas,
  ...poolSchemas,
  ...draftSchemas,
  ...snapshotSchemas,
  ...runSchemas,
  ...accessSchemas,
  ...quotaSchemas,
  ...databaseSchemas,
  ...readerSchemas,
  ...webhookSchemas,
  ...aboutSchemas,
} as const satisfies Readonly<Record<OperationName, OperationSchemas>>

type Contract = typeof CONTRACT

/** What an operation's handler is given: checked, defaults filled in. */
export type Input<Name extends OperationName> = z.output<z.ZodObject<InputShape<Name, Contract[Name]>>>

/** What a caller passes. */
export type Call<Name extends OperationName> = z.input<z.ZodObject<InputShape<Name, Contract[Name]>>>

/** What a handler gives back; a Date where the contract has an instant. */
export type Result<Name extends OperationName> = Answer<Name, Unchanging<z.input<Contract[Name]['output']>>>

/** Read-only all the way down: what handlers give back is not theirs to change. */
type Unchanging<T> = T extends Date ? T : T extends object ? { readonly [Field in keyof T]: Unchanging<T[Field]> } : T

/** What a caller gets. */
export type Output<Name extends OperationName> = Answer<Name, z.output<Contract[Name]['output']>>

/** One thing, or many of them one after the other. */
type Answer<Name extends OperationName, Item> = (typeof ROUTES)[Name] extends { streams: 'events' }
  ? AsyncIterable<Item>
  : (typeof ROUTES)[Name] extends { streams: 'text' }
    ? TextFile
    : Item

const inputs = new Map<OperationName, z.ZodObject>()

/**
 * The schema of everything that an operation takes. What it does not know is refused: a misspelt filter is no filter.
 * Made once for each: zod compiles a schema when it is first used.
 */
export function inputOf(name: OperationName): z.ZodObject {
  const known = inputs.get(name) ?? makeInput(name)
  inputs.set(name, known)
  return known
}

function makeInput(name: OperationName): z.ZodObject {
  const { query, headers, body }: OperationSchemas = CONTRACT[name]
  return z.strictObject({
    ...paramsOf(ROUTES[name].path),
    ...query?.shape,
    ...headers?.shape,
    ...(body && { body }),
  })
}
