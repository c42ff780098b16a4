import type { TableChoice } from '../db/schema/dataflows.ts'
import { sourceTable } from './catalogue.ts'
import type { PoolClient } from './client.ts'
import { type ConnectionCheck, checkConnection } from './connect.ts'
import { addRequests, costOf, type QuotaCost } from './cost.ts'
import type { PoolDescription } from './describe.ts'
import type { CeilingOf, Quota } from './quotas.ts'
import type { Requests } from './sourceTable.ts'
import { readByRun, type Survey, sourcesRead, surveyPool } from './survey.ts'
import { previewTable, type TablePreview } from './tablePreview.ts'

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

/**
 * Answers what a run would do, by a few requests for each table.
 * @throws PoolkeeperError when a request fails although the connection test went well; the signal's reason
 */
export async function previewRun(
  pool: PoolClient,
  choices: readonly TableChoice[],
  ceilingOf: CeilingOf,
  signal?: AbortSignal,
): Promise<Preview> {
  const sources = choices.map(({ source }) => source)
  const { pool: description, checks } = await checkConnection(pool, sources, signal)
  if (!description) return { checks, tables: [], quotas: [], seconds: 0 }
  const survey = await surveyPool(pool, choices, { description, checks }, signal)
  const ceilingHere = ({ category }: Pick<Quota, 'category'>) =>
    ceilingOf({ account: description.accountId, region: pool.region, category })
  const quotas = costOf(requestsOfRun(choices, survey), ceilingHere)
  return {
    ...{ pool: description, checks, quotas },
    tables: choices.map((choice) => previewTable(choice, choices, survey, ceilingHere)),
    seconds: Math.max(...quotas.map(({ seconds }) => seconds)),
  }
}

function requestsOfRun(choices: readonly TableChoice[], survey: Survey): Requests {
  const requests = sourcesRead(choices, survey.description).map((source) =>
    sourceTable(source).requests(readByRun(source, choices, survey)),
  )
  return addRequests([{ DescribeUserPool: 1 }, ...requests])
}
