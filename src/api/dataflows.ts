import { z } from 'zod'
import { CONNECTOR_IDS } from '../dataflow/connectors.ts'
import { createInput, editInput } from '../dataflow/input.ts'
import { DATAFLOW_GROUPINGS, DATAFLOW_ORDERS } from '../dataflow/listing.ts'
import { STATUSES } from '../dataflow/status.ts'
import type { OperationSchemas } from './operation.ts'
import { instant, pagedBy, pageOf, someOf } from './shapes.ts'

const credentials = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('access-key'), accessKeyId: z.string() }),
  z.object({ kind: z.literal('role'), roleArn: z.string(), externalId: z.string() }),
  z.object({ kind: z.literal('ambient') }),
])

export const tableChoice = z.object({
  source: z.string().meta({ example: 'users' }),
  purpose: z.enum(['All', 'Customer 360', 'Privacy-Metadata']),
  treatments: z.record(z.string(), z.enum(['drop', 'mask', 'hash'])).optional(),
  budget: z.int().optional().meta({ description: 'Of an opt-in table: the most requests that a run spends on it.' }),
})

/** A dataflow as everybody may see it: no secret is in it. */
export const dataflow = z
  .object({
    id: z.int(),
    name: z.string().meta({ example: 'CustomerPool' }),
    displayName: z.string(),
    description: z.string(),
    connector: z.enum(CONNECTOR_IDS),
    tags: z.array(z.string()),
    poolId: z.string().meta({ example: 'eu-central-1_AbCdEf123' }),
    region: z.string().meta({ example: 'eu-central-1' }),
    schema: z.string().meta({ description: 'The schema of the views that people read.', example: 'customerpool' }),
    snapshotSchema: z.string(),
    credentials,
    tables: z.array(tableChoice),
    schedule: z.string().nullable().meta({ example: '30 2 * * *' }),
    timezone: z.string().meta({ example: 'Europe/Berlin' }),
    nextRunAt: instant.nullable(),
    pausedAt: instant.nullable(),
    pauseReason: z.string().nullable(),
    keepSnapshots: z.int(),
    maxRemovedPercent: z.int().nullable(),
    maxRemovedRows: z.int(),
    timeoutMinutes: z.int(),
    noProgressMinutes: z.int(),
    freshnessMinutes: z.int().nullable(),
    version: z.int().meta({ description: 'Raised by each change; its ETag.' }),
    createdAt: instant,
    updatedAt: instant,
    status: z.enum(STATUSES).meta({ description: 'How it stands; the worst of what is known decides.' }),
    lastRun: z
      .object({
        id: z.int(),
        state: z.string(),
        description: z.string().nullable(),
        startedAt: instant.nullable(),
        usersRead: z.int().nullable().meta({ description: 'So far, of one that streams.' }),
        estimatedUsers: z.int().nullable().meta({ description: 'How many the pool is said to have.' }),
      })
      .nullable()
      .meta({ description: 'The run under way, else the last one that was not skipped.' }),
    refreshedAt: instant.nullable().meta({ description: 'When the data that readers see was imported.' }),
    rows: z.int().nullable().meta({ description: 'Of the import that readers see, all tables together.' }),
    lateSince: instant
      .nullable()
      .meta({ description: 'Since when it has been without a success for longer than its freshness target.' }),
    lately: z
      .array(z.object({ run: z.int(), state: z.string(), rows: z.int().nullable() }))
      .meta({ description: 'Its last ten runs that imported something or failed, the oldest first.' }),
  })
  .meta({ id: 'Dataflow' })

export const unchanged = z.object({
  ifMatch: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'The ETag that was read: refused (412) if the dataflow has been changed since.' }),
})

/** `name`, or `-name` for the last first. */
const sort = z
  .string()
  .transform((text) => ({ by: text.replace(/^-/, ''), descending: text.startsWith('-') }))
  .pipe(
    z.object({
      by: z.enum(DATAFLOW_ORDERS, {
        error: ({ input }) =>
          `dataflows can't be sorted by ${String(input)}; choose among ${DATAFLOW_ORDERS.join(', ')}`,
      }),
      descending: z.boolean(),
    }),
  )
  .meta({
    description: `One of ${DATAFLOW_ORDERS.join(', ')}; with a - before it the largest first. Left out: by name.`,
    example: '-refreshedAt',
  })

/** Postgres can't look for NUL; what is longer is no name of anything. */
const word = z.string().regex(/^[^\0]{0,200}$/, 'what is looked for has at most 200 characters')

/** Where a page of the list ended. */
const part = z.string().regex(/^[^\0]{0,300}$/)
const place = z.tuple([part, part, part])

const listed = dataflow
  .extend({
    group: z
      .string()
      .nullable()
      .meta({ description: 'What its group is called; null where nothing is grouped, and for one without a tag.' }),
    groupSize: z.int().meta({ description: 'How many stand in that group, on all pages.' }),
  })
  .meta({ id: 'ListedDataflow' })

export const dataflowSchemas = {
  listDataflows: {
    summary: 'Every dataflow, or those that are looked for, in any order',
    query: z.object({
      search: word.optional().meta({ description: 'Text in the name, the display name or the pool’s id.' }),
      status: someOf('status', STATUSES).optional(),
      connector: z.enum(CONNECTOR_IDS).optional(),
      tag: word.optional(),
      sort: sort.optional(),
      group: z
        .enum(DATAFLOW_GROUPINGS, `dataflows are grouped by ${DATAFLOW_GROUPINGS.join(', ')}`)
        .optional()
        .meta({ description: 'Puts together what is alike; by tag a dataflow stands under each of its own.' }),
      folded: z
        .union([word, z.array(word)])
        .transform((groups) => [groups].flat())
        .optional()
        .meta({ description: 'A group of which only the first dataflow is listed; empty: of those without a tag.' }),
      ...pagedBy(place),
    }),
    output: pageOf(listed).extend({
      total: z.int().meta({ description: 'On all pages.' }),
      totalRows: z.int().meta({ description: 'Of the imports that readers see, on all pages.' }),
    }),
  },
  createDataflow: {
    summary: 'Create a dataflow, with its tables and still empty views',
    description: 'Nothing is asked of AWS; see whether it lets the dataflow in by `connect`.',
    body: createInput.meta({
      example: {
        name: 'CustomerPool',
        poolId: 'eu-central-1_AbCdEf123',
        credentials: { kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/poolkeeper' },
        schedule: '30 2 * * *',
      },
    }),
    status: 201,
    versioned: true,
    output: dataflow,
  },
  showDataflow: { summary: 'A dataflow, with its last run', versioned: true, output: dataflow },
  editDataflow: {
    summary: 'Change a dataflow',
    description: 'What is left out stays, and a run under way goes on as it was planned.',
    headers: unchanged,
    body: editInput.meta({ example: { schedule: '0 3 * * *', timezone: 'Europe/Berlin' } }),
    versioned: true,
    output: dataflow,
  },
  removeDataflow: {
    summary: 'Remove a dataflow for good',
    description: 'Its tables, views, snapshots and secrets go; its history stays.',
    headers: unchanged,
    output: z.object({ removed: z.string().meta({ description: 'Its name.' }) }),
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>
