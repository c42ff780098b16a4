// Brings docs/performance.md and its pictures up to date with what the benches have measured:
// `npm run bench -- --json > bench.log; npm run bench:report -- bench.log`
import { readFileSync, writeFileSync } from 'node:fs'
import { type BarChart, drawBars } from './barChart.ts'
import { counted } from './bench.ts'
import { type Result, resultsIn, withResult } from './results.ts'

type Row = Result['rows'][number]

interface Drawing extends Omit<BarChart, 'bars' | 'series'> {
  /** What a row of the bench is called. */
  readonly label: (row: Row) => string
  /** The columns that become bars, and what they are called. */
  readonly series: Readonly<Record<string, string>>
}

/** What there is to see in each bench; those that are not here say all by their goals. */
const DRAWINGS: Readonly<Record<string, Drawing>> = {
  quota: {
    title: "Reading a pool at AWS's quota",
    unit: 'users/s',
    label: ({ latencyMs, workers }) => `${latencyMs} ms a page, ${counted(Number(workers), 'worker')}`,
    series: { usersPerSecond: 'Poolkeeper', plainSdkUsersPerSecond: "the SDK's paginator" },
    line: { at: 1_800, label: 'all that AWS lets an account list' },
  },
  pipeline: {
    title: 'Without latency or quota',
    unit: 'users/s',
    label: ({ what }) => String(what),
    series: { usersPerSecond: 'users/s' },
  },
  memory: {
    title: "A worker's memory, at most",
    unit: 'MB',
    label: ({ users }) => `${Number(users).toLocaleString('en')} users`,
    series: { peakMB: 'MB' },
    line: { at: 200, label: 'goal: at most 200' },
  },
  publish: {
    title: 'Publishing a million users',
    unit: 'seconds from the last page to published',
    label: ({ what }) => String(what),
    series: { seconds: 'seconds' },
  },
  scale: {
    title: 'Many accounts, each at its quota',
    unit: 'users/s',
    label: ({ accounts, workers }) => `${accounts} accounts, ${counted(Number(workers), 'worker')}`,
    series: { usersPerSecond: 'users/s' },
  },
  fleet: {
    title: '10,000 dataflows due in the same minute',
    unit: 'seconds until all are dispatched',
    label: ({ schedulers }) => counted(Number(schedulers), 'scheduler'),
    series: { seconds: 'seconds' },
    line: { at: 30, label: 'goal: at most 30' },
  },
  start: {
    title: 'While nothing is to be done',
    unit: 'MB of memory that a process has to itself',
    label: ({ process }) => String(process),
    series: { memoryMB: 'MB' },
  },
}

const PAGE = new URL('../docs/performance.md', import.meta.url)

let page = readFileSync(PAGE, 'utf8')
for (const result of resultsIn(readFileSync(process.argv[2] ?? '/dev/stdin', 'utf8'))) {
  const drawing = DRAWINGS[result.bench]
  const chart = `images/bench-${result.bench}.svg`
  if (drawing) writeFileSync(new URL(chart, PAGE), draw(drawing, result.rows))
  page = withResult(page, result, drawing && chart)
}
writeFileSync(PAGE, page)

function draw({ label, series, ...chart }: Drawing, rows: readonly Row[]): string {
  const bars = rows.map((row) => ({
    label: label(row),
    values: Object.keys(series).map((column) => Number(row[column])),
  }))
  return drawBars({ ...chart, series: Object.values(series), bars })
}
