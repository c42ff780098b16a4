import { z } from 'zod'
import type { OperationSchemas } from './operation.ts'
import { instant } from './shapes.ts'

const RUN_STATES = [
  ...(['queued', 'planning', 'streaming', 'publishing'] as const),
  ...(['succeeded', 'failed', 'cancelled', 'skipped', 'held'] as const),
] as const

const tableFigures = z.object({
  table: z.string(),
  rows: z.int(),
  added: z.int(),
  removed: z.int(),
  changed: z.int(),
})

/** A run as history shows it. */
export const run = z
  .object({
    run: z.int(),
    dataflow: z.string(),
    state: z.enum(RUN_STATES),
    cause: z.string().nullable().meta({ description: 'One word for why it ended so.', example: 'permission-missing' }),
    description: z.string().nullable().meta({ description: 'What happened, and what to do.' }),
    notes: z.array(z.string()).meta({ description: 'What it found changed in the pool and in the settings.' }),
    snapshot: z.int().nullable().meta({ description: 'The snapshot that it made, while that can be published.' }),
    tables: z.array(tableFigures),
    requests: z.int(),
    throttled: z.int(),
    quotaWaitSeconds: z.number(),
    warnings: z.int(),
    seconds: z.number().nullable(),
    trigger: z.enum(['schedule', 'manual', 'queue', 'api', 'retry']),
    priority: z.enum(['ad-hoc', 'nightly']),
    continues: z.int().nullable().meta({ description: 'The failed run from whose checkpoints it went on.' }),
    dryRun: z.boolean(),
    onlyTables: z.array(z.string()).nullable().meta({
      description: 'The tables that it was to read, where not all; the others kept the rows that readers saw.',
    }),
    requestedBy: z.string(),
    requestedAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Run' })

const tableProgress = z.object({
  table: z.string(),
  rows: z.int(),
  expectedRows: z.int().nullable().meta({ description: 'As far as anybody can say.' }),
  streams: z.int(),
  streamsDone: z.int(),
  complete: z.boolean(),
})

/** How far a run is, table by table and shard by shard. */
const progress = z
  .object({
    run: z.int(),
    state: z.enum(RUN_STATES),
    estimatedUsers: z.int().nullable(),
    tables: z.array(tableProgress),
    shards: z.array(z.object({ prefix: z.string(), rows: z.int(), done: z.boolean() })),
  })
  .meta({ id: 'Progress' })

export const runSchemas = {
  requestRun: {
    summary: 'Request a run of a dataflow',
    description: 'Accepted while Redis is down as well: a scheduler hands the run to the workers once it is back.',
    headers: z.object({
      idempotencyKey: z
        .string()
        .regex(/^[\x21-\x7e]{1,255}$/, 'an idempotency key is 1 to 255 printable ASCII characters')
        .optional()
        .meta({ description: 'The same key gives the same run, for 24 hours.' }),
    }),
    body: z
      .strictObject({
        priority: z.enum(['ad-hoc', 'nightly']).default('ad-hoc'),
        dryRun: z.boolean().default(false).meta({ description: 'Read everything and publish nothing.' }),
      })
      .prefault({}),
    status: 202,
    output: run,
  },
  showRun: { summary: 'A run', output: run },
  watchRun: {
    summary: 'Follow a run to its end',
    description:
      'Server-sent events: `progress` tells how the run stands, at once and after each change; `ended` is the last. Whoever reconnects with the `Last-Event-ID` that they saw is not told the same again.',
    headers: z.object({ lastEventId: z.string().max(200).optional() }),
    output: z.object({
      id: z.string(),
      event: z.enum(['progress', 'ended']),
      data: z.object({ run, progress }),
    }),
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>
