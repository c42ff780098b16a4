import type { RunRecord } from '../../src/run/history.ts'
import type { RunProgress } from '../../src/run/progress.ts'
import { isActive } from '../../src/run/states.ts'
import { counted, duration, grouped } from './text.ts'

interface RunFiguresProps {
  readonly run: RunRecord
  readonly progress: RunProgress
}

/** What a run came to, one tile each. */
export function RunFigures({ run, progress }: RunFiguresProps) {
  const rows = run.tables.reduce((total, table) => total + table.rows, 0)
  return (
    <ul class="tiles">
      <Tile figure={grouped(rows)} label={rowsLabel(run, progress)} />
      <Tile figure={run.seconds ? grouped(Math.round(rows / run.seconds)) : '–'} label="rows a second" />
      <Tile figure={run.seconds === null ? '–' : duration(run.seconds)} label={timeLabel(run)} />
      <Tile figure={grouped(run.requests)} label={requestsLabel(run)} />
      <Tile figure={grouped(run.warnings)} label="warnings" />
    </ul>
  )
}

function rowsLabel({ state, tables }: RunRecord, { estimatedUsers }: RunProgress): string {
  if (!isActive(state) || estimatedUsers === null) return `rows in ${counted(tables.length, 'table')}`
  return `rows · about ${grouped(estimatedUsers)} users in the pool`
}

/** What its requests waited for their quota, all of them together, where it is worth a word. */
function requestsLabel({ throttled, quotaWaitSeconds }: RunRecord): string {
  const label = `requests · ${grouped(throttled)} throttled`
  return quotaWaitSeconds < 1 ? label : `${label} · waited ${duration(quotaWaitSeconds)} for their quota`
}

function timeLabel({ state, startedAt }: RunRecord): string {
  if (startedAt === null) return 'not started'
  return isActive(state) ? 'so far' : 'from start to end'
}

function Tile({ figure, label }: { readonly figure: string; readonly label: string }) {
  return (
    <li>
      <strong>{figure}</strong>
      <small>{label}</small>
    </li>
  )
}
