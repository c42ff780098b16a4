import { z } from 'zod'
import { createInput, editInput } from '../dataflow/input.ts'
import type { OperationSchemas } from './operation.ts'
import { instant, pagedBy, pageOf } from './shapes.ts'

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
    poolId: z.string().meta({ example: 'eu-central-1_AbCdEf123' }),
    region: z.string().meta({ example: 'eu-central-1' }),
    connector: z.string().meta({ description: 'What it reads.', example: 'aws-cognito' }),
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
    lastRun: z
      .object({ id: z.int(), state: z.string(), description: z.string().nullable() })
      .nullable()
      .meta({ description: 'The run under way, else the last one that was not skipped.' }),
    refreshedAt: instant.nullable().meta({ description: 'When the data that readers see was imported.' }),
    rows: z.int().nullable().meta({ description: 'Of the import that readers see, all tables together.' }),
    lateSince: instant
      .nullable()
      .meta({ description: 'Since when it has been without a success for longer than its freshness target.' }),
  })
  .meta({ id: 'Dataflow' })

export const unchanged = z.object({
  ifMatch: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'The ETag that was read: refused (412) if the dataflow has been changed since.' }),
})

export const dataflowSchemas = {
  listDataflows: {
    summary: 'Every dataflow, by name',
    query: z.object(pagedBy(z.string().regex(/^\w+$/))),
    output: pageOf(dataflow),
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
