import { MultiBar, type SingleBar } from 'cli-progress'
import type { RunRecord } from '../run/history.ts'
import { type RunProgress, shareRead, type TableProgress } from '../run/progress.ts'
import { isActive } from '../run/states.ts'
import type { Perform } from './operations.ts'

/** The rate that is shown is that of the last few seconds, not of the whole run. */
const RATE_WINDOW_MS = 5_000

/** How a run stands, and how far it is. */
interface Moment {
  readonly run: RunRecord
  readonly progress: Pick<RunProgress, 'state' | 'tables'>
}

/**
 * Follows a run to its end, with a live bar per table on a terminal (on stderr; nothing where stderr is no terminal).
 * @returns the run as history shows it.
 * @throws 'not-found'
 */
export async function followRun(perform: Perform, run: number): Promise<RunRecord> {
  return showProgress(dataOf(await perform('watchRun', { run })))
}

async function* dataOf(events: AsyncIterable<{ readonly data: Moment }>): AsyncGenerator<Moment> {
  for await (const { data } of events) yield data
}

/** Shows how a run goes on. @returns the run as it ended */
export async function showProgress(moments: AsyncIterable<Moment>): Promise<RunRecord> {
  // cli-progress writes its last picture even where nobody could have seen the others
  const display = process.stderr.isTTY ? createDisplay() : undefined
  let last: RunRecord | undefined
  try {
    for await (const { run, progress } of moments) {
      display?.show(progress)
      last = run
    }
  } finally {
    display?.close()
  }
  if (!last) throw new TypeError('a run was followed, and nothing was told of it')
  return last
}

function createDisplay() {
  const bars = new MultiBar({
    stream: process.stderr,
    format: '  {table} {bar} {rows} {detail}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 28,
    hideCursor: true,
    // it would clear the rows of the terminal that stand below; the last picture stays
    clearOnComplete: false,
    emptyOnZero: true,
    linewrap: false,
  })
  const shown = new Map<string, { bar: SingleBar; rate: (rows: number) => number }>()
  return {
    show({ tables, state }: Moment['progress']) {
      for (const table of tables) {
        const known = shown.get(table.table) ?? { bar: bars.create(1000, 0), rate: createRate() }
        shown.set(table.table, known)
        known.bar.update(Math.round((shareRead(table) ?? 0) * 1000), describe(table, known.rate(table.rows), state))
      }
    },
    close: () => bars.stop(),
  }
}

function describe(table: TableProgress, rate: number, state: RunProgress['state']) {
  const detail = () => {
    if (table.complete) return isActive(state) ? 'read' : ''
    const perSecond = rate > 0 ? `${Math.round(rate).toLocaleString('en')}/s` : ''
    const left = table.expectedRows && rate > 0 ? (table.expectedRows - table.rows) / rate : 0
    return left > 0.5 ? `${perSecond} · ${duration(left)} left` : perSecond
  }
  return {
    table: table.table.padEnd(14),
    rows: `${table.rows.toLocaleString('en')} rows`.padStart(16),
    detail: detail(),
  }
}

/** Rows a second over the last seconds. */
function createRate(): (rows: number) => number {
  const seen: { at: number; rows: number }[] = []
  return (rows) => {
    const at = Date.now()
    seen.push({ at, rows })
    while (seen.length > 2 && at - (seen[0]?.at ?? at) > RATE_WINDOW_MS) seen.shift()
    const [first] = seen
    return first && at > first.at ? ((rows - first.rows) * 1000) / (at - first.at) : 0
  }
}

/** "42 s", "3 min 5 s", "1 h 12 min". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
