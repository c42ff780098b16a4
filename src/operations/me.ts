import { dataflowNames } from '../dataflow/dataflow.ts'
import type { Handler } from './context.ts'
import { named } from './grants.ts'

export const whoAmI: Handler<'whoAmI'> = async ({ db, caller }) => named(caller, await dataflowNames(db))
