import type { Output } from '../../../src/api/contract.ts'
import { causeInWords } from '../../parts/causes.ts'
import { duration } from '../../parts/text.ts'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'

interface RunDetailsProps {
  readonly run: Output<'showRun'>
  readonly around: Surroundings
}

/** How a run came about, and when. */
export function RunDetails({ run, around }: RunDetailsProps) {
  return (
    <section aria-labelledby="details">
      <h2 id="details">Details</h2>
      <dl>
        <dt>Requested by</dt>
        <dd>
          {run.requestedBy}
          <small>
            through {TRIGGERS[run.trigger]}, {run.priority}
          </small>
        </dd>
        {run.dryRun && (
          <>
            <dt>Dry run</dt>
            <dd>It reads and compares everything, and publishes nothing.</dd>
          </>
        )}
        {run.onlyTables && (
          <>
            <dt>Tables</dt>
            <dd>
              {run.onlyTables.join(', ')}
              <small>the others keep the rows that readers see</small>
            </dd>
          </>
        )}
        {run.continues !== null && (
          <>
            <dt>Goes on from</dt>
            <dd>
              <a href={`/runs/${run.continues}`}>Run {run.continues}</a>
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
        {run.quotaWaitSeconds >= 1 && (
          <>
            <dt>Waited</dt>
            <dd>
              {duration(run.quotaWaitSeconds)} for the quota
              <small>all requests together</small>
            </dd>
          </>
        )}
        {run.cause && (
          <>
            <dt>Cause</dt>
            <dd>
              {causeInWords(run.cause)}
              <small>
                <code>{run.cause}</code>
              </small>
            </dd>
          </>
        )}
      </dl>
    </section>
  )
}

const TRIGGERS: Readonly<Record<Output<'showRun'>['trigger'], string>> = {
  schedule: 'its schedule',
  manual: 'the dashboard or a command',
  queue: 'the request queue',
  api: 'the API',
  retry: 'a retry',
}
