import type { tasks } from '../db/schema/tasks.ts'

/** A run that is ended for its own good. */
interface Rescued {
  readonly id: number
  readonly dataflow: string
  readonly timeoutMinutes: number
  readonly noProgressMinutes: number
}

type OpenTask = Pick<typeof tasks.$inferSelect, 'label' | 'kind' | 'page' | 'movedAt' | 'claimedBy'>

/** So many are named; ten thousand groups are ten thousand streams. */
const NAMED = 3

/** What history says of a run that took too long. @param open what was left to do, the one that moved longest ago first */
export function describeTimeout({ id, dataflow, timeoutMinutes }: Rescued, open: readonly OpenTask[]): string {
  return `It took longer than the ${duration(timeoutMinutes)} that ${dataflow} allows. ${leftToDo(open)} Allow it more time (\`poolkeeper dataflow edit ${dataflow}\`), then \`poolkeeper retry ${id}\`: within the hour it goes on from there.`
}

/** The same of a run of which nothing moved. */
export function describeStandstill({ id, noProgressMinutes }: Rescued, open: readonly OpenTask[]): string {
  const remedy = open.some(({ claimedBy }) => claimedBy !== null)
    ? "Look at that worker's log and for locks in pg_stat_activity"
    : 'See that workers are up (`poolkeeper doctor`)'
  return `Nothing of it moved for ${duration(noProgressMinutes)}. ${leftToDo(open)} ${remedy}, then \`poolkeeper retry ${id}\`: within the hour it goes on from there.`
}

/** Which stood still longest, where, since when, and in whose hands. Labels hold nothing that a user of the pool typed. */
function leftToDo(open: readonly OpenTask[]): string {
  const named = open.slice(0, NAMED).map(standing)
  const others = open.length - named.length
  if (others > 0) named.push(`${others} more ${others === 1 ? 'was' : 'were'} left`)
  return `${named.join('; ')}.`
}

function standing({ label, kind, page, movedAt, claimedBy }: OpenTask): string {
  const since = `${movedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (claimedBy === null) return `No worker has taken up "${label}" since ${since}`
  const where = kind === 'stream' ? ` at page ${page}` : ''
  return `"${label}" stood${where} since ${since}, claimed by ${claimedBy}`
}

function duration(minutes: number): string {
  if (minutes % 60 !== 0) return `${minutes} minutes`
  return minutes === 60 ? 'hour' : `${minutes / 60} hours`
}
