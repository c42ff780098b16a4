import { z } from 'zod'
import { type OperationSchemas, PARAMS } from './operation.ts'
import { tableFigures } from './runs.ts'

const pair = { dataflow: z.string(), from: z.int(), to: z.int() }

export const snapshotSchemas = {
  rollback: {
    summary: 'Publish an earlier snapshot again, for all tables at once',
    description: 'Back or forward among those kept. The schedule is paused, so that the next run does not undo it.',
    body: z
      .strictObject({
        to: PARAMS.run.optional().meta({ description: 'The run whose snapshot to show; left out, the one before.' }),
        keepSchedule: z.boolean().default(false).meta({ description: 'Lets the schedule go on.' }),
      })
      .prefault({}),
    output: z.object({ ...pair, schedulePaused: z.boolean() }),
  },
  diffSnapshots: {
    summary: 'Count what differs between two kept snapshots, table by table',
    query: z.object({
      from: PARAMS.run.optional().meta({ description: 'The earlier run; left out, the one before `to`.' }),
      to: PARAMS.run.optional().meta({ description: 'The later run; left out, the published one.' }),
    }),
    output: z.object({ ...pair, tables: z.array(tableFigures) }),
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>
