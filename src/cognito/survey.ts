import type { TableChoice } from '../db/schema/dataflows.ts'
import { sourceTable } from './catalogue.ts'
import type { PoolClient } from './client.ts'
import { type ConnectionCheck, faultsAmong } from './connect.ts'
import type { PoolDescription } from './describe.ts'
import { type Look, lookInto } from './look.ts'
import { DEFAULT_BUDGET } from './optInCost.ts'
import { SAMPLE_ROWS } from './sample.ts'
import type { PoolSize } from './sourceTable.ts'
import { groupNames } from './tables/groups.ts'

/** What a few requests tell of a pool. */
export interface Survey {
  readonly description: PoolDescription
  readonly checks: readonly ConnectionCheck[]
  /** The first records of each table that may be looked into. */
  readonly looks: ReadonlyMap<string, Look>
}

/**
 * Looks into the tables that a run would read, as far as the credentials let it.
 * @throws PoolkeeperError as `readPages`; the signal's reason once aborted
 */
export async function surveyPool(
  pool: PoolClient,
  choices: readonly TableChoice[],
  { description, checks }: Omit<Survey, 'looks'>,
  signal?: AbortSignal,
): Promise<Survey> {
  const readable = sourcesRead(choices, description).filter((source) => refusals(source, checks).length === 0)
  const looks = new Map<string, Look>()
  const lookAt = async (source: string) => {
    const { rows, sampleStream } = sourceTable(source)
    const stream = sampleStream(groupNames(looks.get('groups')?.first ?? []))
    if (stream) looks.set(source, await lookInto(pool, stream, rows === 'listed' ? Infinity : SAMPLE_ROWS, signal))
  }
  // the groups first: samples of their members are found by their names
  if (readable.includes('groups')) await lookAt('groups')
  await Promise.all(readable.filter((source) => source !== 'groups').map(lookAt))
  return { description, checks, looks }
}

/** The tables chosen, and those whose streams have to be read for them. */
export function sourcesRead(choices: readonly TableChoice[], description: PoolDescription): string[] {
  const sources = choices.map(({ source }) => source)
  const streams = sources.flatMap((source) => sourceTable(source).streams(description))
  return [...new Set([...sources, ...streams.map(({ source }) => source)])]
}

/** What the credentials may not do of what a table needs, each in a sentence that says what to do. */
export function refusals(source: string, checks: readonly ConnectionCheck[]): string[] {
  const needed = sourceTable(source).operations.map((operation) => `cognito-idp:${operation}`)
  return faultsAmong(checks).flatMap(({ action, description }) =>
    needed.includes(action) && description ? [description] : [],
  )
}

/** How much of a table there is, as far as the survey has seen. */
export function sizeOf(source: string, { description, looks }: Survey): PoolSize {
  const { estimatedUsers: users } = description
  const rows = sourceTable(source).rows === 'per user' ? users : (looks.get(source)?.records ?? 0)
  return { rows, users, groups: looks.get('groups')?.records ?? 0 }
}

/**
 * How much of a table one run would read: of an opt-in table as many users as its budget has requests for, and none where
 * the pool keeps no such data.
 */
export function readByRun(source: string, choices: readonly TableChoice[], survey: Survey): PoolSize {
  const size = sizeOf(source, survey)
  const { optIn, streams } = sourceTable(source)
  if (!optIn) return size
  const budget = choices.find((choice) => choice.source === source)?.budget ?? DEFAULT_BUDGET
  return { ...size, users: streams(survey.description).length === 0 ? 0 : Math.min(size.users, budget) }
}
