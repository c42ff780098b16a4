import { type Grants, grantsOf, mayGrant } from '../access/caller.ts'
import type { Token } from '../access/token.ts'
import * as tokens from '../access/token.ts'
import type { Input } from '../api/contract.ts'
import { dataflowNames, findDataflow } from '../dataflow/dataflow.ts'
import { AskError } from '../errors.ts'
import { audited } from './audited.ts'
import type { Handler, OperationContext } from './context.ts'
import { named } from './grants.ts'

export const listTokens: Handler<'listTokens'> = async ({ db }) => {
  const [listed, names] = await Promise.all([tokens.listTokens(db), dataflowNames(db)])
  return { items: listed.map((token) => named(token, names)), next: null }
}

export const createToken: Handler<'createToken'> = async (context, { body }) => {
  const { db, caller } = context
  const expiresAt = endOf(body)
  const grants = await grantsIn(context, body)
  if (!mayGrant(caller, grants)) {
    throw new AskError('forbidden', 'A token may not do more than whoever makes it.', 'Ask for less, or ask an admin.')
  }
  const created = await audited(
    context,
    ({ id, name, role, personal }: Token) => ({
      action: 'createToken',
      target: `token ${id}`,
      details: { name, role, personal, dataflows: body.dataflows, expiresAt: body.expiresAt },
    }),
    (tx) => tokens.createToken(tx, { ...grants, name: body.name, createdBy: caller.name, expiresAt }),
  )
  return named(created, await dataflowNames(db))
}

export const revokeToken: Handler<'revokeToken'> = async (context, { token }) => {
  const revoked = await audited(
    context,
    ({ id, name }: Token) => ({ action: 'revokeToken', target: `token ${id}`, details: { name } }),
    (tx) => tokens.revokeToken(tx, token),
  )
  return named(revoked, await dataflowNames(context.db))
}

type Wanted = Input<'createToken'>['body']

async function grantsIn({ db, caller }: OperationContext, { role, personal, dataflows }: Wanted): Promise<Grants> {
  const found = dataflows && (await Promise.all(dataflows.map((name) => findDataflow(db, name, caller.dataflows))))
  return grantsOf(role, personal, found && [...new Set(found.map(({ id }) => id))])
}

function endOf({ expiresAt }: Wanted): Date | null {
  if (expiresAt === null) return null
  const end = new Date(expiresAt)
  if (end.getTime() > Date.now()) return end
  throw new AskError('bad-input', 'The token would have expired already.', 'Give an end that is still to come.')
}
