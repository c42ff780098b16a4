import type { Output } from '../../src/api/contract.ts'
import { isActive } from '../../src/run/states.ts'
import { counted, duration, grouped } from './text.ts'
import { Tile, type TileProps } from './tile.tsx'

type Run = Output<'showRun'>
type Progress = Output<'showProgress'>

interface RunFiguresProps {
  readonly run: Run
  readonly progress: Progress
}

/** What a run came to, one tile each. */
export function RunFigures({ run, progress }: RunFiguresProps) {
  return (
    <ul class="tiles">
      <Tile {...rowsRead(run, progress)} />
      <Tile {...pace(run, progress)} />
      <Tile {...time(run, progress)} />
      <Tile figure={grouped(run.requests)} label={`requests · ${grouped(run.throttled)} throttled`} />
      <Tile figure={grouped(run.warnings)} label={run.warnings === 0 ? 'warnings' : 'warnings · no row lost'} />
    </ul>
  )
}

/** Of the users, where their number is known about; else of all rows. */
function rowsRead({ state, tables }: Run, { tables: underWay }: Progress): TileProps {
  const users = isActive(state) ? underWay.find(({ expectedRows }) => expectedRows !== null) : undefined
  if (users) return { figure: grouped(users.rows), label: `users of about ${grouped(users.expectedRows ?? 0)}` }
  return { figure: grouped(total(tables)), label: `rows in ${counted(tables.length, 'table')}` }
}

function pace({ state, seconds, tables }: Run, { rowsPerSecond, quota }: Progress): TileProps {
  if (!isActive(state)) {
    return { figure: seconds ? grouped(Math.round(total(tables) / seconds)) : '–', label: 'rows a second' }
  }
  if (rowsPerSecond === null) return { figure: '–', label: 'rows a second' }
  const use = quota && `${Math.round(quota.used * 100)} % of what the quota allows`
  return { figure: `${grouped(Math.round(rowsPerSecond))} /s`, label: use ?? 'rows a second' }
}

function time({ state, startedAt, seconds }: Run, { secondsLeft }: Progress): TileProps {
  if (startedAt === null || seconds === null) return { figure: '–', label: 'not started' }
  const taken = duration(seconds)
  if (!isActive(state)) return { figure: taken, label: 'from start to end' }
  if (secondsLeft === null) return { figure: taken, label: 'so far' }
  return { figure: duration(secondsLeft), label: `left · ${taken} so far` }
}

const total = (tables: Run['tables']) => tables.reduce((sum, { rows }) => sum + rows, 0)
