import { z } from 'zod'
import type { HEADERS } from './headers.ts'
import type { OperationName, ROUTES } from './routes.ts'
import { nameOf } from './shapes.ts'

/** What an operation takes beside the parameters in its path, and what it answers. */
export interface OperationSchemas {
  /** What it does, in a line. */
  readonly summary: string
  /** What there is to know beyond that. */
  readonly description?: string
  readonly query?: z.ZodObject
  readonly headers?: z.ZodObject<{ [Field in keyof typeof HEADERS]?: z.ZodType }>
  readonly body?: z.ZodType
  /** Default: 200. */
  readonly status?: 201 | 202 | 204
  /** Its answer has a `version`, which is its ETag: changes that say `If-Match` are made of that version only. */
  readonly versioned?: true
  /** Of events: what each of them is, as `StreamEvent`. Of text: that it is. */
  readonly output: z.ZodType
}

/** One of the server-sent events that an operation answers with. */
export interface StreamEvent {
  /** By which somebody who comes back says what they have seen. */
  readonly id: string
  readonly event: string
  readonly data: unknown
}

/** What an operation answers with that streams text. */
export interface TextFile {
  /** What it is saved as. */
  readonly name: string
  /** Its media type. */
  readonly type: string
  readonly chunks: AsyncIterable<string>
}

/** At most 15 digits: what Postgres and JavaScript both hold exactly. */
const number = (what: string) =>
  z.coerce
    .number<number | string>(`${what} is a number`)
    .int(`${what} is a whole number`)
    .min(1, `${what} is 1 or more`)
    .max(999_999_999_999_999, `${what} has too many digits`)

/** The parameters in paths. What one names may still not exist. */
export const PARAMS = {
  name: nameOf('a dataflow', 200).meta({
    description: 'The name of a dataflow, in any case.',
    example: 'CustomerPool',
  }),
  run: number('a run').meta({ description: 'The number of a run, as history shows it.', example: 12 }),
  token: number('a token').meta({ description: 'The number of a token, as its list shows it.', example: 3 }),
  schema: nameOf('a schema', 63).meta({
    description: 'A schema: the name of its dataflow in small letters.',
    example: 'customerpool',
  }),
  table: nameOf('a table', 63).meta({ description: 'One of its tables.', example: 'users' }),
  reader: number('a reader').meta({ description: 'The number of a reader, as they are listed.', example: 2 }),
  webhook: number('a webhook').meta({ description: 'The number of a webhook, as they are listed.', example: 3 }),
  draft: number('a draft').meta({ description: 'The number of a draft, as they are listed.', example: 4 }),
} as const

type ParamName<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamName<Rest>
  : never

type Params<Name extends OperationName> = {
  [Param in ParamName<(typeof ROUTES)[Name]['path']> & keyof typeof PARAMS]: (typeof PARAMS)[Param]
}

/** The parameters of a path, as schemas. */
export function paramsOf(path: string): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(Object.entries(PARAMS).filter(([name]) => path.includes(`{${name}}`)))
}

type Shape<Schema> = Schema extends z.ZodObject<infer Fields> ? Fields : object

/** Everything that an operation takes, side by side; its body under `body`. */
export type InputShape<Name extends OperationName, Schemas> = Params<Name> &
  (Schemas extends { query: infer Query } ? Shape<Query> : object) &
  (Schemas extends { headers: infer Headers } ? Shape<Headers> : object) &
  (Schemas extends { body: infer Body extends z.ZodType } ? { body: Body } : object)
