import type { Output } from '../../../src/api/contract.ts'
import type { RunState } from '../../../src/db/schema/runs.ts'
import type { TaskKind } from '../../../src/db/schema/tasks.ts'
import { TASK_QUEUES } from '../../../src/queue/queues.ts'
import { isActive } from '../../../src/run/states.ts'
import { remedyOf } from '../../parts/causes.ts'
import { RunFigures } from '../../parts/figures.tsx'
import { Live } from '../../parts/live.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import { Prose } from '../../parts/prose.tsx'
import { RunActions } from '../../parts/runActions.tsx'
import { RunLog } from '../../parts/runLog.tsx'
import { ComparedTables, isCompared, StreamedTables } from '../../parts/runTables.tsx'
import { Shards } from '../../parts/shards.tsx'
import { RunBadge } from '../../parts/status.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { RunDetails } from './runDetails.tsx'

type Run = Output<'showRun'>

interface RunPageProps {
  readonly run: Run
  readonly progress: Output<'showProgress'>
  readonly log: Output<'listRunLog'>['items']
  readonly around: Surroundings
}

/** One run: how it goes or how it went, and what somebody may decide about it. */
export function RunPage({ run, progress, log, around }: RunPageProps) {
  const live = isActive(run.state)
  const { shards } = progress
  return (
    <Layout title={`Run ${run.run} of ${run.dataflow}`} current="Runs" live={live} around={around}>
      <Live id="run" on={live} around={around}>
        <Head run={run} around={around} />
        <Explained run={run} around={around} />
        <RunFigures run={run} progress={progress} />
        <h2>Tables</h2>
        {isCompared(run) ? (
          <ComparedTables tables={run.tables} progress={progress.tables} />
        ) : (
          <StreamedTables tables={progress.tables} live={live} />
        )}
        <div class="run-columns">
          <div>
            {live && shards.length > 0 && <Shards shards={shards} />}
            <RunDetails run={run} around={around} />
          </div>
          <RunLog lines={log} around={around} />
        </div>
      </Live>
    </Layout>
  )
}

function Head({ run, around }: Pick<RunPageProps, 'run' | 'around'>) {
  const dataflow = `/dataflows/${encodeURIComponent(run.dataflow)}`
  return (
    <PageHead
      crumbs={[
        { name: 'Dataflows', href: '/' },
        { name: run.dataflow, href: dataflow },
        { name: 'Runs', href: `${dataflow}/runs` },
      ]}
      title={
        <>
          Run {run.run}{' '}
          <span id="run-state" role="status">
            <RunBadge state={run.state} />
          </span>
        </>
      }
    >
      {around.seesQueues && (
        <a class="button" href={queueAddress(run.state)}>
          Queue
        </a>
      )}
      <RunActions run={run} around={around} />
    </PageHead>
  )
}

/** What happened and what to do, or what it waits for. */
function Explained({ run, around }: Pick<RunPageProps, 'run' | 'around'>) {
  const { state, cause, dataflow, description, notes, waiting } = run
  const remedy = remedyOf(cause, dataflow, around)
  return (
    <>
      {description && (
        <p class={`explained ${state}`}>
          <Prose text={description} />
          {remedy && (
            <>
              {' '}
              <a href={remedy.href}>{remedy.name}</a>
            </>
          )}
        </p>
      )}
      {waiting && <p class="explained">{WAITING[waiting]}</p>}
      {notes.length > 0 && (
        <ul class="explained notes">
          {notes.map((note) => (
            <li key={note}>
              <Prose text={note} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

const WAITING: Readonly<Record<NonNullable<Run['waiting']>, string>> = {
  'waiting for the queue': 'It waits for the queue: a scheduler hands it to the workers as soon as Redis answers.',
  'waiting for a worker': 'It waits for a worker that has time for it.',
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
