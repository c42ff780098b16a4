import { CATALOGUE } from '../cognito/catalogue.ts'
import type { SourceTable } from '../cognito/sourceTable.ts'
import type { ConnectorId } from '../db/schema/dataflows.ts'

/** Something that dataflows read. */
export interface Connector {
  readonly id: ConnectorId
  readonly name: string
  readonly category: Category
  readonly description: string
  /** The tables that it has, in the order in which they are offered. */
  readonly tables: readonly SourceTable[]
}

/** What connectors are told apart by, where there are many. */
export const CATEGORIES = ['Services and apps'] as const
type Category = (typeof CATEGORIES)[number]

export const CONNECTOR_IDS = ['aws-cognito'] as const satisfies readonly ConnectorId[]

/** Every connector. A further one is a further entry. */
export const CONNECTORS: readonly Connector[] = [
  {
    id: 'aws-cognito',
    name: 'AWS Cognito',
    category: 'Services and apps',
    description: 'User pools of Amazon Cognito: users, groups, memberships, app clients and settings.',
    tables: [...CATALOGUE.values()],
  },
]
