import type { RunState, Trigger } from '../../src/db/schema/runs.ts'
import type { TaskKind } from '../../src/db/schema/tasks.ts'
import type { CauseCode } from '../../src/errors.ts'
import { TASK_QUEUES } from '../../src/queue/queues.ts'
import type { RunRecord } from '../../src/run/history.ts'
import type { RunProgress } from '../../src/run/progress.ts'
import { isActive } from '../../src/run/states.ts'
import { RunFigures } from '../parts/figures.tsx'
import { Live } from '../parts/live.tsx'
import { PageHead } from '../parts/pageHead.tsx'
import { Prose } from '../parts/prose.tsx'
import { ComparedTables, StreamedTables } from '../parts/runTables.tsx'
import { Shards } from '../parts/shards.tsx'
import { RunBadge } from '../parts/status.tsx'
import { When } from '../parts/when.tsx'
import type { Surroundings } from '../surroundings.ts'
import { Layout } from './layout.tsx'

interface RunPageProps {
  readonly run: RunRecord
  readonly progress: RunProgress
  readonly around: Surroundings
}

export function RunPage({ run, progress, around }: RunPageProps) {
  const live = isActive(run.state)
  // Before publishing has compared them with what readers see, figures of added and removed rows would be made up.
  const compared = run.state === 'succeeded' || run.state === 'held' || WAS_HELD.has(run.cause)
  return (
    <Layout title={`Run ${run.run} of ${run.dataflow}`} current="Runs" live={live} around={around}>
      <Live id="run" on={live} around={around}>
        <PageHead
          crumbs={[
            { name: 'Dataflows', href: '/' },
            { name: 'Runs', href: '/runs' },
          ]}
          title={
            <>
              Run {run.run} <RunBadge state={run.state} />
            </>
          }
        >
          {around.seesQueues && (
            <a class="button" href={queueAddress(run.state)}>
              Queue
            </a>
          )}
        </PageHead>
        {run.description && (
          <p class={`explained ${run.state}`}>
            <Prose text={run.description} />
          </p>
        )}
        {run.waiting && <p class="explained">{WAITING[run.waiting]}</p>}
        <RunFigures run={run} progress={progress} />
        <h2>Tables</h2>
        {compared ? <ComparedTables tables={run.tables} /> : <StreamedTables tables={progress.tables} live={live} />}
        {!compared && progress.shards.length > 0 && <Shards shards={progress.shards} />}
        <h2>Details</h2>
        <Details run={run} around={around} />
      </Live>
    </Layout>
  )
}

const WAITING: Readonly<Record<NonNullable<RunRecord['waiting']>, string>> = {
  'waiting for the queue': 'It waits for the queue: a scheduler hands it to the workers as soon as Redis answers.',
  'waiting for a worker': 'It waits for a worker that has time for it.',
}

/** How a run can end that was held first. */
const WAS_HELD: ReadonlySet<string | null> = new Set<CauseCode>(['discarded', 'replaced'])

function Details({ run, around }: { readonly run: RunRecord; readonly around: Surroundings }) {
  return (
    <dl>
      <dt>Requested by</dt>
      <dd>
        {run.requestedBy}
        <small>through {TRIGGERS[run.trigger]}</small>
      </dd>
      {run.onlyTables && (
        <>
          <dt>Tables</dt>
          <dd>
            {run.onlyTables.join(', ')}
            <small>the others keep the rows that readers see</small>
          </dd>
        </>
      )}
      <dt>Requested</dt>
      <dd>
        <When at={run.requestedAt} around={around} />
      </dd>
      <dt>Started</dt>
      <dd>
        <When at={run.startedAt} around={around} never="not yet" />
      </dd>
      <dt>Ended</dt>
      <dd>
        <When at={run.finishedAt} around={around} never="not yet" />
      </dd>
      {run.cause && (
        <>
          <dt>Cause</dt>
          <dd>
            <code>{run.cause}</code>
          </dd>
        </>
      )}
    </dl>
  )
}

const TRIGGERS: Readonly<Record<Trigger, string>> = {
  schedule: 'its schedule',
  manual: 'a command',
  queue: 'the request queue',
  api: 'the API',
  retry: 'a retry',
}

const QUEUE_OF: Partial<Readonly<Record<RunState, TaskKind>>> = {
  queued: 'plan',
  planning: 'plan',
  streaming: 'stream',
  publishing: 'publish',
}

/** Where Bull Board shows the jobs that the run is waiting for; once it has ended, all queues. */
function queueAddress(state: RunState): string {
  const kind = QUEUE_OF[state]
  return kind ? `/queues/queue/${TASK_QUEUES[kind]}` : '/queues'
}
