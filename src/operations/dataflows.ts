import { findDataflow } from '../dataflow/dataflow.ts'
import { listOverviews, overviewOf } from '../dataflow/overview.ts'
import type { Handler } from './context.ts'

export const listDataflows: Handler<'listDataflows'> = async ({ db, caller }) => ({
  items: await listOverviews(db, caller.dataflows),
  next: null,
})

export const showDataflow: Handler<'showDataflow'> = async ({ db, caller }, { name }) =>
  overviewOf(db, await findDataflow(db, name, caller.dataflows))
