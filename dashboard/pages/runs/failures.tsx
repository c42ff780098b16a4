import type { Output } from '../../../src/api/contract.ts'
import { addressWith } from '../../address.ts'
import { causeInWords } from '../../parts/causes.ts'
import { Prose } from '../../parts/prose.tsx'
import { NeedBadge } from '../../parts/status.tsx'
import { counted } from '../../parts/text.ts'
import type { Filters } from './filters.ts'

type Failure = Output<'listFailures'>['items'][number]

interface FailuresProps {
  readonly failures: readonly Failure[]
  /** In which time: "in the last 7 days". */
  readonly when: string
  /** Where the runs of one cause are listed. */
  readonly path: string
  readonly filters: Filters
}

/** Why runs failed, by cause: first what a person must do something about; what is over folds up. */
export function Failures({ failures, when, path, filters }: FailuresProps) {
  if (failures.length === 0) return null
  const over = failures.filter(({ needs }) => needs === 'nothing')
  const now = failures.filter(({ needs }) => needs !== 'nothing')
  const address = (cause: string) => addressWith(path, { ...filters, state: 'failed,held', cause })
  return (
    <section aria-labelledby="failures">
      <h2 id="failures">What went wrong {when}</h2>
      <ul class="failures">
        {now.map((failure) => (
          <FailureItem key={failure.cause} failure={failure} href={address(failure.cause)} />
        ))}
      </ul>
      {over.length > 0 && (
        <details>
          <summary>
            {now.length > 0 ? 'And ' : ''}
            {counted(over.length, 'cause')} that {over.length === 1 ? 'is' : 'are'} over
          </summary>
          <ul class="failures">
            {over.map((failure) => (
              <FailureItem key={failure.cause} failure={failure} href={address(failure.cause)} />
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function FailureItem({ failure, href }: { readonly failure: Failure; readonly href: string }) {
  const { cause, needs, runs, description } = failure
  return (
    <li>
      <p>
        <NeedBadge needs={needs} /> <strong>{causeInWords(cause)}</strong>: <a href={href}>{counted(runs, 'run')}</a>
        {needs === 'time' && ', tried again by itself'}
      </p>
      {description && needs !== 'nothing' && (
        <p>
          <Prose text={description} />
        </p>
      )}
      <Standing {...failure} />
    </li>
  )
}

/** The dataflows that are still so, each with the run that a person looks at. */
function Standing({ standing, dataflowsStanding }: Failure) {
  if (standing.length === 0) return null
  const others = dataflowsStanding - standing.length
  return (
    <p class="quiet">
      Still so:{' '}
      {standing.map(({ dataflow, run }, index) => (
        <span key={run}>
          {index > 0 && ', '}
          <a href={`/runs/${run}`}>
            {dataflow}, run {run}
          </a>
        </span>
      ))}
      {others > 0 && `, and ${counted(others, 'dataflow')} more`}
    </p>
  )
}
