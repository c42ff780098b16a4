import { z } from 'zod'
import type { OperationSchemas } from './operation.ts'
import { instant, pagedBy, pageOf } from './shapes.ts'

const PERSONAL_KINDS = ['contact', 'identifier', 'name', 'location', 'credential', 'behaviour', 'none'] as const

const published = {
  schema: z.string().meta({ description: 'The schema of its views in Postgres.', example: 'customerpool' }),
  dataflow: z.string().meta({ example: 'CustomerPool' }),
  snapshot: z.int().nullable().meta({ description: 'The run whose rows it shows; null before the first import.' }),
  publishedAt: instant.nullable(),
}

const table = {
  table: z.string().meta({ example: 'users' }),
  comment: z.string().meta({ description: 'What it holds.' }),
  purpose: z.enum(['All', 'Customer 360', 'Privacy-Metadata']).nullable(),
  rows: z
    .int()
    .nullable()
    .meta({ description: 'As the import counted them; of the privacy tables, about. Null before the first import.' }),
  bytes: z.int().nullable().meta({ description: 'On disk, with its key.' }),
}

const column = z.object({
  name: z.string().meta({ example: 'custom_plan' }),
  type: z.enum(['text', 'boolean', 'integer', 'bigint', 'numeric', 'timestamptz', 'jsonb']),
  comment: z.string().meta({ description: 'What it holds, and where in Cognito it comes from.' }),
  field: z.string().nullable().meta({ description: 'The field or attribute of Cognito’s.', example: 'custom:plan' }),
  personal: z.enum(PERSONAL_KINDS).meta({ description: 'What it tells of a person.' }),
  treatment: z
    .enum(['keep', 'drop', 'mask', 'hash'])
    .meta({ description: 'What was done to it before it was stored.' }),
  masked: z.boolean().meta({ description: 'Whether you see its values masked.' }),
})

const database = z.object({ ...published, tables: z.array(z.object(table)) }).meta({ id: 'Database' })

const wholeTable = z
  .object({ ...published, ...table, key: z.array(z.string()), columns: z.array(column) })
  .meta({ id: 'Table' })

/** Where a page of rows ended: neither of them tells anything of anybody. */
const place = z.strictObject({ snapshot: z.int(), at: z.string().regex(/^\(\d{1,10},\d{1,5}\)$/) })

const filter = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given) => [given].flat())
  .pipe(z.array(z.string().max(1000, 'a filter is too long')).max(10, 'there are too many filters'))
  .meta({
    description:
      'Of rows that are wanted: `column=value`, or `column~text` for what has that text in it. More than one: all of them.',
    example: 'status=CONFIRMED',
  })

export const databaseSchemas = {
  listDatabases: {
    summary: 'Every schema with imported tables, by name, and how much each holds',
    query: z.object({
      search: z
        .string()
        .regex(/^[^\0]{0,200}$/, 'what is looked for has at most 200 characters')
        .optional()
        .meta({ description: 'Text in the name of a schema.' }),
      ...pagedBy(z.string().max(200)),
    }),
    output: pageOf(database),
  },
  showDatabase: { summary: 'A schema with imported tables, and how much each holds', output: database },
  showTable: { summary: 'An imported table, with what each of its columns holds', output: wholeTable },
  listRows: {
    summary: 'The rows of an imported table, page by page',
    description:
      'All pages are of the import that was published when the first one was read. Without the right to see personal values they are masked. Digits that a JSON number can not hold are text.',
    query: z.object({
      filter,
      sort: z.string().optional().meta({
        description: '`column`, or `-column` for the largest first. Left out: by the key.',
        example: '-created_at',
      }),
      ...pagedBy(place),
    }),
    output: pageOf(z.record(z.string(), z.unknown())).extend({
      snapshot: z.int().nullable().meta({ description: 'The run whose rows they are.' }),
      masked: z.array(z.string()).meta({ description: 'The columns whose values you see masked.' }),
    }),
  },
  exportRows: {
    summary: 'All rows of an imported table, as a file',
    description:
      'Of the import that is published as it begins. CSV is RFC 4180 in UTF-8 with the columns’ names first; a text that a spreadsheet would take for a formula gets an apostrophe in front. NDJSON has one object a line, every value as it is. A file that was cut off ends without the end of its transfer: curl says so.',
    query: z.object({ format: z.enum(['csv', 'ndjson']).default('csv'), filter }),
    output: z.string(),
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>
