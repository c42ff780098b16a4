import type { TableChoice } from '../db/schema.ts'
import type { Row, Treatment } from '../db/table.ts'
import { sourceTable } from './catalogue.ts'
import type { PoolClient } from './client.ts'
import type { SourceColumn } from './columns.ts'
import { type ConnectionCheck, checkConnection } from './connect.ts'
import { addRequests, costOf, type QuotaCost } from './cost.ts'
import type { PoolDescription } from './describe.ts'
import { QUOTA_SHARE } from './governor.ts'
import { type Look, lookInto } from './look.ts'
import { DEFAULT_BUDGET, describeOptInCost } from './optInCost.ts'
import { sampleRows } from './sample.ts'
import type { PoolSize, Requests } from './sourceTable.ts'
import { groupNames } from './tables/groups.ts'

/** What a run would make of one table. */
export interface TablePreview extends Pick<TableChoice, 'purpose'> {
  readonly table: string
  /** Rows that it would have; null where only reading them tells. */
  readonly rows: number | null
  /** Whether they were counted, are Cognito's own estimate, or are the least that there are. */
  readonly counted: 'exactly' | 'about' | 'at least' | null
  readonly requests: number
  readonly columns: readonly Pick<SourceColumn, 'name' | 'type' | 'field' | 'personal' | 'treatment'>[]
  /** At most ten of its rows, every personal value masked. Empty where looking would cost a request a user. */
  readonly sample: readonly Row[]
  /** Of an opt-in table: what it costs for everybody whom runs ask for, in words. */
  readonly cost?: string
  /** What the credentials may not do, in words that say what to do; empty when they may read it. */
  readonly refused: readonly string[]
}

/** What a run would read, take and make. It holds no personal value. */
export interface Preview {
  /** Absent when the pool could not be described; the checks say why. */
  readonly pool?: PoolDescription
  readonly checks: readonly ConnectionCheck[]
  readonly tables: readonly TablePreview[]
  /** All requests of a run, by the quota that they draw on. */
  readonly quotas: readonly QuotaCost[]
  /** How long a run takes at least at Poolkeeper's share of the quotas, which are used side by side. */
  readonly seconds: number
}

const SAMPLE_ROWS = 10

/**
 * Answers what a run would do, by a few requests for each table.
 * @throws PoolkeeperError when a request fails although the connection test went well; the signal's reason
 */
export async function previewRun(
  pool: PoolClient,
  choices: readonly TableChoice[],
  signal?: AbortSignal,
): Promise<Preview> {
  const report = await checkConnection(pool, sourcesOf(choices), signal)
  const { pool: description, checks } = report
  if (!description) return { checks, tables: [], quotas: [], seconds: 0 }
  const looks = await lookAround(pool, sourcesRead(choices, description), checks, signal)
  const sizeOf = sizes(description, looks)
  const tables = choices.map((choice) => previewTable(choice, { description, checks, looks, sizeOf }))
  const requests = sourcesRead(choices, description).map((source) =>
    sourceTable(source).requests(
      askedOf(
        choices.find((choice) => choice.source === source),
        sizeOf(source),
        description,
      ),
    ),
  )
  const quotas = costOf(addRequests([{ DescribeUserPool: 1 }, ...requests]), QUOTA_SHARE)
  return { pool: description, checks, tables, quotas, seconds: Math.max(...quotas.map(({ seconds }) => seconds)) }
}

const sourcesOf = (choices: readonly TableChoice[]) => choices.map(({ source }) => source)

/** The tables chosen, and those whose streams have to be read for them. */
function sourcesRead(choices: readonly TableChoice[], description: PoolDescription): string[] {
  const streams = sourcesOf(choices).flatMap((source) => sourceTable(source).streams(description))
  return [...new Set([...sourcesOf(choices), ...streams.map(({ source }) => source)])]
}

/** The groups first: the samples of other tables are found by their names. */
async function lookAround(
  pool: PoolClient,
  sources: readonly string[],
  checks: readonly ConnectionCheck[],
  signal?: AbortSignal,
): Promise<Map<string, Look>> {
  const readable = sources.filter((source) => refusals(source, checks).length === 0)
  const looks = new Map<string, Look>()
  const lookAt = async (source: string) => {
    const { rows, sampleStream } = sourceTable(source)
    const stream = sampleStream(groupNames(looks.get('groups')?.first ?? []))
    if (stream) looks.set(source, await lookInto(pool, stream, rows === 'listed' ? Infinity : SAMPLE_ROWS, signal))
  }
  if (readable.includes('groups')) await lookAt('groups')
  await Promise.all(readable.filter((source) => source !== 'groups').map(lookAt))
  return looks
}

function refusals(source: string, checks: readonly ConnectionCheck[]): string[] {
  const needed = sourceTable(source).operations.map((operation) => `cognito-idp:${operation}`)
  return checks.flatMap(({ ok, action, description }) =>
    ok === false && needed.includes(action) && description ? [description] : [],
  )
}

function sizes({ estimatedUsers: users }: PoolDescription, looks: Map<string, Look>): (source: string) => PoolSize {
  const groups = looks.get('groups')?.records ?? 0
  return (source) => {
    const rows = sourceTable(source).rows === 'per user' ? users : (looks.get(source)?.records ?? 0)
    return { rows, users, groups }
  }
}

/** Of an opt-in table a run asks for as many users as its budget has requests for, and for none who have no such data. */
function askedOf(choice: TableChoice | undefined, size: PoolSize, description: PoolDescription): PoolSize {
  const table = choice && sourceTable(choice.source)
  if (!table?.optIn) return size
  const budget = table.streams(description).length === 0 ? 0 : (choice?.budget ?? DEFAULT_BUDGET)
  return { ...size, users: Math.min(size.users, budget) }
}

interface Seen {
  readonly description: PoolDescription
  readonly checks: readonly ConnectionCheck[]
  readonly looks: Map<string, Look>
  readonly sizeOf: (source: string) => PoolSize
}

function previewTable(choice: TableChoice, seen: Seen): TablePreview {
  const { source, purpose, treatments = {} } = choice
  const table = sourceTable(source)
  const shape = table.shape(seen.description.attributes)
  const look = seen.looks.get(source)
  const refused = refusals(source, seen.checks)
  const first = purpose === 'Privacy-Metadata' ? [] : (look?.first.slice(0, SAMPLE_ROWS) ?? [])
  return {
    table: source,
    purpose,
    ...(refused.length > 0 ? UNKNOWN : rowsOf(table.rows, look, seen.sizeOf(source))),
    requests: total(table.requests(askedOf(choice, seen.sizeOf(source), seen.description))),
    columns: shape.columns.map((column) => describeColumn(column, treatments[column.name])),
    sample: sampleRows(table, shape, treatments, first),
    ...(table.optIn && { cost: describeOptInCost(table, QUOTA_SHARE) }),
    refused,
  }
}

function describeColumn({ name, type, field, personal }: SourceColumn, treatment: Treatment | undefined) {
  return { name, type, field, personal, ...(treatment && { treatment }) }
}

const UNKNOWN = { rows: null, counted: null }

function rowsOf(
  rows: 'per user' | 'listed' | 'unknown',
  look: Look | undefined,
  size: PoolSize,
): Pick<TablePreview, 'rows' | 'counted'> {
  if (rows === 'unknown') return UNKNOWN
  if (rows === 'per user') return { rows: size.users, counted: 'about' }
  return { rows: size.rows, counted: look?.whole ? 'exactly' : 'at least' }
}

const total = (requests: Requests) => Object.values(requests).reduce((sum, count) => sum + count, 0)
