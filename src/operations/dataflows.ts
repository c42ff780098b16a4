import { createDataflow as create } from '../dataflow/create.ts'
import { type Dataflow, findDataflow } from '../dataflow/dataflow.ts'
import { editDataflow as edit } from '../dataflow/edit.ts'
import { listOverviews, overviewOf } from '../dataflow/overview.ts'
import { removeDataflow as remove } from '../dataflow/remove.ts'
import { requireVersion } from '../dataflow/version.ts'
import type { Transaction } from '../db/database.ts'
import { AskError } from '../errors.ts'
import { audited } from './audited.ts'
import type { Handler } from './context.ts'
import { versionsIn } from './ifMatch.ts'
import { pageOf } from './page.ts'

export const listDataflows: Handler<'listDataflows'> = async ({ db, caller }, { limit, cursor: after, ...look }) => {
  let totals = { total: 0, totalRows: 0 }
  const page = await pageOf(
    limit,
    async (most) => {
      const { items, ...all } = await listOverviews(db, caller.dataflows, { ...look, after, limit: most })
      totals = all
      return items
    },
    ({ place }) => place,
  )
  return { ...page, ...totals }
}

export const showDataflow: Handler<'showDataflow'> = async ({ db, caller }, { name }) =>
  overviewOf(db, await findDataflow(db, name, caller.dataflows))

export const createDataflow: Handler<'createDataflow'> = async (context, { body }) => {
  const { db, keys } = context
  const created = await audited(
    context,
    (dataflow: Dataflow) => ({ action: 'createDataflow', dataflow, details: { settings: Object.keys(body) } }),
    (tx) => create(tx, keys, body),
  )
  return overviewOf(db, created)
}

export const editDataflow: Handler<'editDataflow'> = async (context, { name, ifMatch, body }) => {
  const { db, keys, caller } = context
  const settings = Object.keys(body)
  if (settings.length === 0) throw new AskError('bad-input', 'There is nothing to change.')
  const dataflow = await findDataflow(db, name, caller.dataflows)
  const edited = await audited(context, { action: 'editDataflow', dataflow, details: { settings } }, async (tx) => {
    await requireMatch(tx, dataflow, ifMatch)
    return edit(tx, keys, dataflow.name, body)
  })
  return overviewOf(db, edited)
}

export const removeDataflow: Handler<'removeDataflow'> = async (context, { name, ifMatch }) => {
  const { db, caller } = context
  const dataflow = await findDataflow(db, name, caller.dataflows)
  await audited(context, { action: 'removeDataflow', dataflow }, async (tx) => {
    await requireMatch(tx, dataflow, ifMatch)
    await remove(tx, dataflow.name, caller.name)
  })
  return { removed: dataflow.name }
}

async function requireMatch(tx: Transaction, { name }: Dataflow, ifMatch: string | undefined): Promise<void> {
  const seen = versionsIn(ifMatch)
  if (seen) await requireVersion(tx, name, seen)
}
