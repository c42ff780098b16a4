import { z } from 'zod'
import { CAUSES } from '../errors.ts'
import { type OperationSchemas, PARAMS } from './operation.ts'
import { instant, moment, pagedBy, pageOf, someOf } from './shapes.ts'

const RUN_STATES = [
  ...(['queued', 'planning', 'streaming', 'publishing'] as const),
  ...(['succeeded', 'failed', 'cancelled', 'skipped', 'held'] as const),
] as const

const TRIGGERS = ['schedule', 'manual', 'queue', 'api', 'retry'] as const

export const tableFigures = z.object({
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
    waiting: z.enum(['waiting for the queue', 'waiting for a worker']).nullable(),
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
    trigger: z.enum(TRIGGERS),
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
  purpose: z.enum(['All', 'Customer 360', 'Privacy-Metadata']).nullable(),
  rows: z.int(),
  requests: z.int(),
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

/** The same with what can be told of the way ahead. */
const outlook = progress
  .extend({
    shards: z.array(
      progress.shape.shards.element.extend({
        share: z.number().meta({ description: 'How much of it is read, as far as its subs tell; 1 at its end.' }),
      }),
    ),
    rowsPerSecond: z.number().nullable().meta({ description: 'Over the last seconds; null while nobody can say.' }),
    secondsLeft: z.number().nullable().meta({ description: 'Until the users are read, at this pace.' }),
    quota: z
      .object({
        category: z.string(),
        allowed: z.number().meta({ description: 'Requests a second that are ours.' }),
        used: z.number().meta({ description: 'How much of that this run uses, 0 to 1.' }),
      })
      .nullable()
      .meta({ description: 'The quota that the users are read under.' }),
  })
  .meta({ id: 'Outlook' })

const logLine = z
  .object({ at: instant, level: z.enum(['info', 'warning']), message: z.string() })
  .meta({ id: 'LogLine', description: 'Something that happened in a run.' })

const filters = {
  state: someOf('state', RUN_STATES).optional(),
  cause: someOf('cause', CAUSES).optional(),
  trigger: someOf('trigger', TRIGGERS).optional(),
  since: moment('since').optional().meta({ description: 'Requested then or later.' }),
  until: moment('until').optional().meta({ description: 'Requested before.' }),
}

/** Newest first, so a page goes on below the number of the last run. */
const history = z.object({ ...filters, ...pagedBy(z.int()) })

const ofDataflow = { dataflow: PARAMS.name.optional() }

/** Runs that failed or are held for the same reason. */
const failure = z
  .object({
    cause: z.string(),
    needs: z.enum(['a person', 'time', 'nothing']).meta({
      description: '`time`: the next run mends it. `nothing`: each of its dataflows has had a better run since.',
    }),
    runs: z.int(),
    standing: z
      .array(z.object({ dataflow: z.string(), run: z.int() }))
      .meta({ description: 'The dataflows whose last run ended so, at most 20 of them.' }),
    dataflowsStanding: z.int(),
    lastRun: z.int(),
    lastAt: instant,
    description: z.string().nullable().meta({ description: 'Of the last of them: what happened, and what to do.' }),
  })
  .meta({ id: 'Failure' })

const decision = (summary: string, description: string) => ({ summary, description, output: run })

export const runSchemas = {
  listDataflowRuns: { summary: 'The runs of a dataflow, newest first', query: history, output: pageOf(run) },
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
        tables: z
          .array(z.string().max(63))
          .min(1, 'name at least one table, or leave them out to read all')
          .max(50)
          .optional()
          .meta({ description: 'Read these only; the others keep the rows that readers see.', example: ['groups'] }),
      })
      .prefault({}),
    status: 202,
    output: run,
  },
  listRuns: {
    summary: 'The runs of all dataflows, newest first',
    query: history.extend(ofDataflow),
    output: pageOf(run),
  },
  exportRuns: {
    summary: 'Runs as a file, newest first',
    description:
      'All that the filters let through. CSV has the sums of a run’s tables; NDJSON has one run a line, as it is listed.',
    query: z.object({ ...filters, ...ofDataflow, format: z.enum(['csv', 'ndjson']).default('csv') }),
    output: z.string(),
  },
  listFailures: {
    summary: 'Why runs failed or are held: what needs a person first',
    query: z.object({ since: filters.since, until: filters.until, ...ofDataflow }),
    output: pageOf(failure),
  },
  showRun: { summary: 'A run', output: run },
  showProgress: {
    summary: 'How far a run is, how fast it goes and how long that takes',
    output: outlook,
  },
  listRunLog: {
    summary: 'What happened in a run, in its order',
    description: 'For 90 days. At most the first 500 lines.',
    output: pageOf(logLine),
  },
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
  cancelRun: decision('End a run that is under way', 'What is published stays; its workers stop within seconds.'),
  approveRun: decision('Publish a run that the guard has held', 'A conflict if something else was published since.'),
  discardRun: decision('Give up a run that the guard has held', 'Its rows are dropped.'),
  retryRun: {
    summary: 'Run a dataflow again, going on where a failed run stopped',
    description:
      'For an hour after its failure; `continues` of the new run says whether it does. Else it reads everything.',
    status: 202,
    output: run,
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>
