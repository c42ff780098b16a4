import type { Output } from '../../../src/api/contract.ts'
import { CONNECTORS } from '../../../src/dataflow/connectors.ts'
import { STATUS_BADGES } from '../../parts/status.tsx'

/** A dataflow as the list has it. */
export type Listed = Output<'listDataflows'>['items'][number]

/** Dataflows that stand together. */
export interface Group {
  readonly name: string | null
  readonly size: number
  readonly members: readonly Listed[]
}

/** The groups of a page; its dataflows come group after group. */
export function groupsOf(dataflows: readonly Listed[]): Group[] {
  const names = [...new Set(dataflows.map(({ group }) => group))]
  return names.map((name) => {
    const members = dataflows.filter(({ group }) => group === name)
    return { name, size: members[0]?.groupSize ?? 0, members }
  })
}

/** What a group is called. @param by what the list is grouped by */
export function nameOfGroup(by: string, name: string | null): string {
  if (name === null) return 'No tag'
  if (by === 'connector') return connectorName(name)
  if (by !== 'status') return name
  return name === 'needs a person' ? 'Needs a person' : STATUS_BADGES[name as keyof typeof STATUS_BADGES].word
}

export function connectorName(id: string): string {
  return CONNECTORS.find((connector) => connector.id === id)?.name ?? id
}
