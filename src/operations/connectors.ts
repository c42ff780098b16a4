import type { SourceColumn } from '../cognito/columns.ts'
import { describeOptInCost } from '../cognito/optInCost.ts'
import { QUOTA_SHARE } from '../cognito/quotas.ts'
import type { SourceTable } from '../cognito/sourceTable.ts'
import { CONNECTORS } from '../dataflow/connectors.ts'
import { followsThePool, treatmentsOf } from '../dataflow/treatments.ts'
import type { Handler } from './context.ts'

export const listConnectors: Handler<'listConnectors'> = async () => ({ items: ITEMS, next: null })

function offer(table: SourceTable) {
  const { source, byDefault, optIn } = table
  const { comment: about, columns } = table.shape(null)
  return {
    ...{ source, byDefault, about, custom: followsThePool(source) },
    columns: columns.map((column) => ({ ...shown(column), treatments: treatmentsOf(source, column.name) })),
    ...(optIn && { cost: describeOptInCost(table, QUOTA_SHARE) }),
  }
}

const shown = ({ name, type, field, personal }: SourceColumn) => ({ name, type, field, personal })

/** They change with the program only, and what may be done to each column takes milliseconds to find out. */
const ITEMS = CONNECTORS.map((connector) => ({ ...connector, tables: connector.tables.map(offer) }))
