import { iamPolicy } from '../cognito/policy.ts'
import { previewRun as preview } from '../cognito/preview.ts'
import { findDataflow, sourcesOf } from '../dataflow/dataflow.ts'
import { poolArn } from '../dataflow/poolArn.ts'
import { trustPolicy } from '../dataflow/trustPolicy.ts'
import type { Handler } from './context.ts'
import { testConnection as tryOut, withPool } from './pool.ts'

export const testConnection: Handler<'testConnection'> = async (context, { name }) =>
  tryOut(context, await findDataflow(context.db, name, context.caller.dataflows), context.signal)

export const previewRun: Handler<'previewRun'> = async (context, { name }) => {
  const dataflow = await findDataflow(context.db, name, context.caller.dataflows)
  return withPool(context, dataflow, (pool, { of }) => preview(pool, dataflow.tables, of, context.signal))
}

export const showPolicy: Handler<'showPolicy'> = async ({ db, caller }, { name }) => {
  const dataflow = await findDataflow(db, name, caller.dataflows)
  const { credentials } = dataflow
  return {
    policy: iamPolicy(sourcesOf(dataflow), await poolArn(db, dataflow)),
    trust: credentials.kind === 'role' ? trustPolicy(credentials) : null,
  }
}
