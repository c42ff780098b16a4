import type { Output as Answer } from '../api/contract.ts'
import type { RunRecord } from '../run/history.ts'
import { Unsuccessful } from './exitCode.ts'
import type { Output } from './output.ts'
import { duration } from './progress.ts'

type Outlook = Answer<'showProgress'>

const n = (value: number) => value.toLocaleString('en')

/** "queued, waiting for the queue" */
export function stateOf({ state, waiting }: RunRecord): string {
  return waiting ? `${state}, ${waiting}` : state
}

/** The figures of a run that has ended, table by table. */
export function printRun(output: Output, run: RunRecord): void {
  const took = run.seconds === null ? '' : ` in ${duration(run.seconds)}`
  output.line(`${run.dataflow}, run ${run.run}: ${run.state}${took}`)
  if (run.tables.length > 0) {
    output.table(
      ['Table', 'Rows', 'Added', 'Removed', 'Changed'],
      run.tables.map((t) => [t.table, n(t.rows), n(t.added), n(t.removed), n(t.changed)]),
    )
  }
  if (run.state === 'succeeded' && run.description) output.line(run.description)
  if (run.onlyTables)
    output.line(
      `Only ${new Intl.ListFormat('en').format(run.onlyTables)} was to be read; the other tables kept their rows.`,
    )
  for (const note of run.notes) output.line(note)
  output.line(`${n(run.requests)} requests, ${n(run.throttled)} throttled, ${n(run.warnings)} warnings`)
  if (run.quotaWaitSeconds >= SHORT_S) output.line(`The requests ${waited(run)}, all of them together.`)
}

/** How fast a run under way goes, and how long that takes. */
export function printOutlook(output: Output, { rowsPerSecond, secondsLeft, quota }: Outlook): void {
  if (rowsPerSecond === null) return
  const left = secondsLeft === null ? '' : `, about ${duration(secondsLeft)} left`
  const use = quota && `, ${Math.round(quota.used * 100)} % of what ${quota.category} allows`
  output.line(`${n(Math.round(rowsPerSecond))} rows a second${use ?? ''}${left}`)
}

/** A wait that is not worth a word. */
const SHORT_S = 1

const waited = ({ quotaWaitSeconds }: RunRecord) => `waited ${duration(quotaWaitSeconds)} for their quota`

/** How many requests a run has made, with what came in their way. */
export function describeRequests(run: RunRecord): string {
  const troubles = [
    ...(run.throttled > 0 ? [`(${n(run.throttled)} throttled)`] : []),
    ...(run.quotaWaitSeconds >= SHORT_S ? [waited(run)] : []),
  ]
  return [n(run.requests), ...troubles].join('\n')
}

/** Whether the run did what was asked of it. */
export function succeeded(run: RunRecord): boolean {
  return run.state === 'succeeded'
}

/** @throws Unsuccessful with how it ended, where it did not do what was asked of it */
export function refuseOtherEnding(run: RunRecord): void {
  if (!succeeded(run)) throw new Unsuccessful(endingOf(run))
}

function endingOf(run: RunRecord): string {
  return `${run.dataflow}, run ${run.run} ${run.state === 'held' ? 'is held' : run.state === 'failed' ? 'failed' : `was ${run.state}`}: ${run.description ?? ''}`
}
