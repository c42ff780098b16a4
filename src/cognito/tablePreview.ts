import type { TableChoice } from '../db/schema/dataflows.ts'
import type { Row, Treatment } from '../db/table.ts'
import { sourceTable } from './catalogue.ts'
import type { SourceColumn } from './columns.ts'
import { costOf, type QuotaCost } from './cost.ts'
import { describeOptInCost } from './optInCost.ts'
import { type Ceiling, QUOTA_SHARE, type Quota } from './quotas.ts'
import { SAMPLE_ROWS, sampleRows } from './sample.ts'
import type { Requests, SourceTable } from './sourceTable.ts'
import { readByRun, refusals, type Survey, sizeOf } from './survey.ts'

/** What a run would make of one table. */
export interface TablePreview extends Pick<TableChoice, 'purpose'> {
  readonly table: string
  /** Rows that it would have; null where only reading them tells. */
  readonly rows: number | null
  /** Whether they were counted, are Cognito's own estimate, or are the least that there are. */
  readonly counted: 'exactly' | 'about' | 'at least' | null
  readonly requests: number
  /** The same, by the quota that they draw on. */
  readonly quotas: readonly QuotaCost[]
  /** Of a table that can be read in two ways, the one that takes fewer requests. */
  readonly way?: string
  readonly columns: readonly Pick<SourceColumn, 'name' | 'type' | 'field' | 'personal' | 'treatment'>[]
  /** At most ten of its rows, every personal value masked. Empty where looking would cost a request a user. */
  readonly sample: readonly Row[]
  /** What an opt-in table costs, in words. */
  readonly cost?: string
  /** What the credentials may not do, in words that say what to do; empty when they may read it. */
  readonly refused: readonly string[]
}

/** What the survey tells of one table. Of a table that publishes no row none is shown. */
export function previewTable(
  choice: TableChoice,
  choices: readonly TableChoice[],
  survey: Survey,
  ceilingOf: (quota: Pick<Quota, 'category'>) => Ceiling,
): TablePreview {
  const { source, purpose, treatments = {} } = choice
  const table = sourceTable(source)
  const shape = table.shape(survey.description.attributes)
  const refused = refusals(source, survey.checks)
  const first = purpose === 'Privacy-Metadata' ? [] : (survey.looks.get(source)?.first ?? [])
  const read = readByRun(source, choices, survey)
  const requests = table.requests(read)
  return {
    table: source,
    purpose,
    ...(refused.length > 0 ? UNKNOWN : rowsOf(table, survey)),
    requests: total(requests),
    quotas: costOf(requests, ceilingOf),
    ...(table.way && { way: table.way(read) }),
    columns: shape.columns.map((column) => describeColumn(column, treatments[column.name])),
    sample: sampleRows(table, shape, treatments, first.slice(0, SAMPLE_ROWS)),
    ...(table.optIn && { cost: describeOptInCost(table, QUOTA_SHARE) }),
    refused,
  }
}

const UNKNOWN = { rows: null, counted: null }

function rowsOf({ source, rows }: SourceTable, survey: Survey): Pick<TablePreview, 'rows' | 'counted'> {
  const size = sizeOf(source, survey)
  if (rows === 'unknown') return UNKNOWN
  if (rows === 'per user') return { rows: size.users, counted: 'about' }
  return { rows: size.rows, counted: survey.looks.get(source)?.whole ? 'exactly' : 'at least' }
}

function describeColumn({ name, type, field, personal }: SourceColumn, treatment: Treatment | undefined) {
  return { name, type, field, personal, ...(treatment && { treatment }) }
}

const total = (requests: Requests) => Object.values(requests).reduce((sum, count) => sum + count, 0)
