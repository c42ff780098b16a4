import { counted, exact, grouped, inLargestUnit, relative, size, span } from '../../parts/text.ts'
import { Tile, type TileProps } from '../../parts/tile.tsx'
import type { Surroundings } from '../../surroundings.ts'
import type { Dataflow, Snapshot } from './dataflowPage.tsx'

interface FiguresProps {
  readonly dataflow: Dataflow
  readonly snapshots: readonly Snapshot[]
  readonly around: Surroundings
}

/** How much readers see, how old it is, and what comes next; one tile each. */
export function DataflowFigures({ dataflow, snapshots, around }: FiguresProps) {
  return (
    <ul class="tiles">
      <Tile {...rows(dataflow)} />
      <Tile {...lastGoodImport(dataflow, around)} />
      <Tile {...freshness(dataflow, around)} />
      <Tile {...nextRun(dataflow, around)} />
      <Tile {...kept(snapshots)} />
    </ul>
  )
}

function rows({ rows, tables }: Dataflow): TileProps {
  return { figure: rows === null ? '–' : grouped(rows), label: `rows in ${counted(tables.length, 'table')}` }
}

function lastGoodImport({ refreshedAt }: Dataflow, { now, zone }: Surroundings): TileProps {
  if (refreshedAt === null) return { figure: '–', label: 'nothing imported yet' }
  const at = new Date(refreshedAt)
  return { figure: relative(at, now), label: `last good import · ${exact(at, now, zone)}` }
}

function freshness({ freshnessMinutes, lateSince }: Dataflow, { now }: Surroundings): TileProps {
  if (freshnessMinutes === null) return { figure: '–', label: 'no freshness target' }
  const target = `a success every ${span(freshnessMinutes)}`
  if (lateSince === null) return { figure: 'In time', label: target }
  return { figure: `${inLargestUnit((now.getTime() - new Date(lateSince).getTime()) / 1000)} late`, label: target }
}

function nextRun({ nextRunAt, pausedAt, timezone }: Dataflow, { now }: Surroundings): TileProps {
  if (pausedAt !== null) return { figure: 'Paused', label: 'next run: when it is resumed' }
  if (nextRunAt === null) return { figure: '–', label: 'next run: when somebody asks for it' }
  const at = new Date(nextRunAt)
  return { figure: relative(at, now), label: `next run · ${exact(at, now, timezone)}` }
}

function kept(snapshots: readonly Snapshot[]): TileProps {
  const bytes = snapshots.reduce((sum, snapshot) => sum + snapshot.bytes, 0)
  return {
    figure: grouped(snapshots.length),
    label: `${snapshots.length === 1 ? 'snapshot' : 'snapshots'} · ${size(bytes)}`,
  }
}
