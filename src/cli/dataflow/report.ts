import type { Output as Answer } from '../../api/contract.ts'
import { CATALOGUE } from '../../cognito/catalogue.ts'
import { DEFAULT_BUDGET } from '../../cognito/optInCost.ts'
import type { CredentialsSummary } from '../../dataflow/dataflow.ts'
import { upcomingSlots } from '../../dataflow/schedule.ts'
import { trustPolicy } from '../../dataflow/trustPolicy.ts'
import type { TableChoice } from '../../db/schema/dataflows.ts'
import { TREATED } from '../../db/table.ts'
import type { Output } from '../output.ts'

/** A dataflow as the API answers with it. */
export type Dataflow = Answer<'showDataflow'>

/** The dataflows, one a line. */
export function printOverviews(output: Output, overviews: readonly Dataflow[]): void {
  output.table(
    ['Name', 'Tables', 'Status', 'Schedule', 'Next run', 'Last refresh'],
    overviews.map((overview) => [
      overview.name,
      overview.tables.map(({ source }) => source).join(', '),
      status(overview),
      schedule(overview),
      overview.pausedAt ? 'paused' : time(overview.nextRunAt),
      time(overview.refreshedAt),
    ]),
  )
}

/** Everything there is to know of one. */
export function printDataflow(output: Output, overview: Dataflow): void {
  const lines: Record<string, string> = {
    Name: overview.name,
    'Display name': overview.displayName,
    Description: overview.description || '–',
    Tags: overview.tags.join(', ') || '–',
    Pool: `${overview.poolId} in ${overview.region}`,
    Credentials: credentials(overview.credentials),
    Tables: overview.tables.map((choice) => placeOf(overview, choice)).join(', '),
    Treatments: treatments(overview),
    Status: status(overview),
    'Last refresh': time(overview.refreshedAt),
    Schedule: schedule(overview),
    'Next runs': overview.pausedAt ? 'none while it is paused' : nextRuns(overview),
    Snapshots: `the last ${overview.keepSnapshots} are kept`,
    Guard: guard(overview),
    Freshness: freshness(overview),
    Version: String(overview.version),
    Limits: `a run fails after ${overview.timeoutMinutes} min, or ${overview.noProgressMinutes} min without progress`,
  }
  for (const [label, text] of Object.entries(lines)) output.line(`${`${label}:`.padEnd(14)} ${text}`)
}

function placeOf({ schema }: Dataflow, { source, purpose, budget = DEFAULT_BUDGET }: TableChoice): string {
  if (purpose === 'Privacy-Metadata') return `${source} (${purpose}, in ${schema}.privacy_columns)`
  const bound = CATALOGUE.get(source)?.optIn ? `, at most ${budget.toLocaleString('en')} requests a run` : ''
  return `${schema}.${source} (${purpose}${bound})`
}

/** What becomes of the rows of tables that are to be catalogued only, from now on. */
export function printHiddenTables(output: Output, before: Dataflow, after: Dataflow): void {
  const rows = before.tables.filter(({ purpose }) => purpose !== 'Privacy-Metadata').map(({ source }) => source)
  const hidden = after.tables.filter(({ source, purpose }) => purpose === 'Privacy-Metadata' && rows.includes(source))
  if (hidden.length === 0) return
  const views = hidden.map(({ source }) => `${after.schema}.${source}`).join(', ')
  output.line()
  output.line(
    `${views} can no longer be read. Rows of earlier imports stay in the kept snapshots until those are pruned; \`--keep 1\` lets them go with the next import that is published.`,
  )
}

/** What a role's owner has to paste into it. */
export function printTrustPolicy(output: Output, { credentials }: Pick<Dataflow, 'credentials'>): void {
  if (credentials.kind !== 'role') return
  output.line()
  output.line(`External id: ${credentials.externalId}`)
  output.line(`Trust policy for ${credentials.roleArn} (where Poolkeeper runs in another account, put that one in):`)
  output.line(JSON.stringify(trustPolicy(credentials), null, 2))
}

function freshness({ freshnessMinutes }: Dataflow): string {
  return freshnessMinutes === null ? 'no target' : `late without a success for ${freshnessMinutes} min`
}

function status({ lastRun, pausedAt, pauseReason, lateSince }: Dataflow): string {
  const outcome = lastRun ? `${lastRun.state} (run ${lastRun.id})` : 'new'
  const state = lateSince ? `${outcome}, late since ${time(lateSince)}` : outcome
  return pausedAt ? `${state}, paused: ${pauseReason}` : state
}

function treatments({ tables }: Dataflow): string {
  const treated = tables.flatMap(({ source, treatments = {} }) =>
    Object.entries(treatments).map(([column, treatment]) => `${source}.${column} ${TREATED[treatment]}`),
  )
  return treated.length > 0 ? `${treated.join(', ')}; all else is kept as it is` : 'none: everything is kept as it is'
}

function schedule({ schedule, timezone }: Dataflow): string {
  return schedule === null ? 'none' : `${schedule} ${timezone}`
}

function nextRuns({ schedule, timezone, nextRunAt }: Dataflow): string {
  if (schedule === null || !nextRunAt) return 'none'
  const later = upcomingSlots(schedule, timezone, new Date(nextRunAt), 2)
  return [nextRunAt, ...later.map((slot) => slot.toISOString())].map(time).join(', ')
}

function credentials(summary: CredentialsSummary): string {
  if (summary.kind === 'access-key') return `access key ${summary.accessKeyId}`
  if (summary.kind === 'role') return `role ${summary.roleArn}, external id ${summary.externalId}`
  return "the environment's own"
}

function guard({ maxRemovedPercent, maxRemovedRows }: Dataflow): string {
  if (maxRemovedPercent === null) return 'off'
  const rows = maxRemovedRows.toLocaleString('en')
  return `holds an import that removes more than ${maxRemovedPercent} % and more than ${rows} rows of a table, brings one back empty, or whose users don't add up`
}

/** To the minute, in UTC as everywhere. */
function time(instant: string | null): string {
  return instant ? `${instant.replace('T', ' ').slice(0, 16)} UTC` : '–'
}
