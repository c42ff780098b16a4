import { findDataflow } from '../dataflow/dataflow.ts'
import { readerConnection } from '../dataflow/readerConnection.ts'
import * as readers from '../dataflow/readers.ts'
import { audited } from './audited.ts'
import type { Handler } from './context.ts'

export const listReaders: Handler<'listReaders'> = async ({ db, caller, readersUrl }, { schema }) => {
  const listed = await readers.listReaders(db, await findDataflow(db, schema, caller.dataflows))
  const items = listed.map((reader) => ({ ...reader, connection: readerConnection(readersUrl, reader.role) }))
  return { items, next: null }
}

export const createReader: Handler<'createReader'> = async (context, { schema }) => {
  const { db, caller, readersUrl } = context
  const dataflow = await findDataflow(db, schema, caller.dataflows)
  const created = await audited(
    context,
    ({ role }: readers.Reader) => ({ action: 'createReader', dataflow, target: role }),
    (tx) => readers.createReader(tx, dataflow.name, caller.name),
  )
  return { ...created, connection: readerConnection(readersUrl, created.role, created.password) }
}

export const removeReader: Handler<'removeReader'> = async (context, { schema, reader }) => {
  const { db, caller, readersUrl } = context
  const dataflow = await findDataflow(db, schema, caller.dataflows)
  const removed = await audited(
    context,
    ({ role }: readers.Reader) => ({ action: 'removeReader', dataflow, target: role }),
    (tx) => readers.removeReader(tx, dataflow.name, reader),
  )
  return { ...removed, connection: readerConnection(readersUrl, removed.role) }
}
