import { findDataflow } from '../dataflow/dataflow.ts'
import { listOverviews, overviewOf } from '../dataflow/overview.ts'
import type { Handler } from './context.ts'
import { pageOf } from './page.ts'

export const listDataflows: Handler<'listDataflows'> = ({ db, caller }, { limit, cursor: after }) =>
  pageOf(
    limit,
    (most) => listOverviews(db, caller.dataflows, { after, limit: most }),
    ({ name }) => name,
  )

export const showDataflow: Handler<'showDataflow'> = async ({ db, caller }, { name }) =>
  overviewOf(db, await findDataflow(db, name, caller.dataflows))
