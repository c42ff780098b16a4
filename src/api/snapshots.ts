import { z } from 'zod'
import { type OperationSchemas, PARAMS } from './operation.ts'
import { tableFigures } from './runs.ts'
import { instant, pageOf } from './shapes.ts'

const pair = { dataflow: z.string(), from: z.int(), to: z.int() }

const snapshot = z
  .object({
    run: z.int().meta({ description: 'The run that made it: its number is the snapshot’s.' }),
    state: z.enum(['kept', 'held']).meta({ description: 'One that is held waits for somebody’s decision.' }),
    published: z.boolean().meta({ description: 'Whether readers see it.' }),
    takenAt: instant.nullable().meta({ description: 'When its import ended.' }),
    rows: z.int().meta({ description: 'All tables together.' }),
    bytes: z.int().meta({ description: 'On disk, with keys.' }),
    importsLeft: z.int().nullable().meta({
      description: 'After so many further imports it goes; null for what readers see, and for one that is held.',
    }),
    tables: z.array(
      tableFigures.extend({
        purpose: z.enum(['All', 'Customer 360', 'Privacy-Metadata']).nullable(),
        bytes: z.int().nullable().meta({ description: 'null for a table that is only catalogued.' }),
      }),
    ),
  })
  .meta({ id: 'Snapshot' })

const changedColumn = z.object({
  column: z.string(),
  changed: z.int().meta({ description: 'Rows in which it differs, of those that both snapshots have.' }),
})

export const snapshotSchemas = {
  listSnapshots: {
    summary: 'The snapshots that are kept, and one that is held, newest first',
    description: 'What each table’s figures count is against what readers saw before that import.',
    output: pageOf(snapshot),
  },
  rollback: {
    summary: 'Publish an earlier snapshot again, for all tables at once',
    description: 'Back or forward among those kept. The schedule is paused, so that the next run does not undo it.',
    body: z
      .strictObject({
        to: PARAMS.run.optional().meta({ description: 'The run whose snapshot to show; left out, the one before.' }),
        from: PARAMS.run.optional().meta({
          description: 'The run that you have seen published: refused (412) if readers see another one by now.',
        }),
        keepSchedule: z.boolean().default(false).meta({ description: 'Lets the schedule go on.' }),
      })
      .prefault({}),
    output: z.object({ ...pair, schedulePaused: z.boolean() }),
  },
  diffSnapshots: {
    summary: 'Count what differs between two kept snapshots, table by table and column by column',
    query: z.object({
      from: PARAMS.run.optional().meta({ description: 'The earlier run; left out, the one before `to`.' }),
      to: PARAMS.run.optional().meta({ description: 'The later run; left out, the published one.' }),
    }),
    output: z.object({ ...pair, tables: z.array(tableFigures.extend({ columns: z.array(changedColumn) })) }),
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>
