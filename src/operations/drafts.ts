import { CATALOGUE } from '../cognito/catalogue.ts'
import { iamPolicy } from '../cognito/policy.ts'
import { type Preview, previewRun } from '../cognito/preview.ts'
import type { Dataflow } from '../dataflow/dataflow.ts'
import {
  chosenTables,
  createDraft as create,
  type Draft,
  discardDraft as discard,
  editDraft as edit,
  type Found,
  findDraft,
  lockDraft,
  listDrafts as ofOwner,
  poolOf,
  rememberFound,
} from '../dataflow/draft.ts'
import { overviewOf } from '../dataflow/overview.ts'
import { arnOf, roleAccount } from '../dataflow/poolArn.ts'
import { saveDraft as save } from '../dataflow/saveDraft.ts'
import { trustPolicy } from '../dataflow/trustPolicy.ts'
import type { TableChoice } from '../db/schema/dataflows.ts'
import { AskError } from '../errors.ts'
import { audited } from './audited.ts'
import type { Handler } from './context.ts'
import { versionsIn } from './ifMatch.ts'
import { withDraftedPool } from './pool.ts'

export const listDrafts: Handler<'listDrafts'> = async ({ db, caller }) => {
  const drafts = await ofOwner(db, caller.name)
  return { items: drafts.map(shown), next: null }
}

export const createDraft: Handler<'createDraft'> = ({ db, keys, caller }, { body }) =>
  db.transaction(async (tx) => shown(await create(tx, keys, caller.name, body)))

export const showDraft: Handler<'showDraft'> = async ({ db, caller }, { draft }) =>
  shown(await findDraft(db, caller.name, draft))

export const editDraft: Handler<'editDraft'> = ({ db, keys, caller }, { draft: id, ifMatch, body }) =>
  db.transaction(async (tx) => {
    const draft = await lockDraft(tx, caller.name, id)
    refuseOtherVersion(draft, versionsIn(ifMatch))
    return shown(await edit(tx, keys, draft, body))
  })

export const discardDraft: Handler<'discardDraft'> = async ({ db, caller }, { draft }) => {
  await discard(db, caller.name, draft)
  return { discarded: draft }
}

export const connectDraft: Handler<'connectDraft'> = async (context, { draft: id }) => {
  const draft = await findDraft(context.db, context.caller.name, id)
  const preview = await withDraftedPool(context, poolOf(draft), (pool, { of }) =>
    previewRun(pool, everyTable(draft), of, context.signal),
  )
  const found = withoutRows(preview)
  await rememberFound(context.db, draft, found)
  return found
}

export const saveDraft: Handler<'saveDraft'> = async (context, { draft: id }) => {
  const { db, keys, caller } = context
  const saved = await audited(
    context,
    (dataflow: Dataflow) => ({ action: 'createDataflow', dataflow, details: { draft: id } }),
    async (tx) => save(tx, keys, await lockDraft(tx, caller.name, id)),
  )
  return overviewOf(db, saved)
}

/** Those that were chosen as they were chosen, and all others: whoever chooses wants to know of each what it would take. */
function everyTable({ answers }: Draft): TableChoice[] {
  const chosen = chosenTables(answers)
  const others = [...CATALOGUE.keys()].filter((source) => !chosen.some((choice) => choice.source === source))
  return [...chosen, ...others.map((source) => ({ source, purpose: 'All' as const }))]
}

/** Rows are shown, even masked, and not kept. */
function withoutRows({ tables, ...preview }: Preview): Found {
  return { ...preview, tables: tables.map(({ sample: _, ...table }) => table) }
}

/** A draft as its owner sees it: whether there is a secret, never which, and what its pool's account has to be told. */
function shown({ id, answers, sealed, found, externalId, version, createdAt, updatedAt }: Draft) {
  const { poolId = 'POOL-ID', region = 'REGION', credentials = { kind: 'ambient' } } = answers
  const tables = chosenTables(answers)
  const sources = tables.map(({ source }) => source)
  return {
    ...{ id, answers, tables, hasSecret: sealed !== null, found, externalId, version, createdAt, updatedAt },
    policy: iamPolicy(sources, arnOf({ poolId, region }, roleAccount({ credentials }))),
    trust: trustPolicy({ roleArn: roleArnOf(answers), externalId }),
  }
}

/** The policy is written before the role is there; what stands in for the account is refused by IAM until it is replaced. */
function roleArnOf({ credentials }: Draft['answers']): string {
  const given = credentials?.kind === 'role' ? credentials.roleArn : undefined
  return given ?? 'arn:aws:iam::ACCOUNT-ID:role/poolkeeper'
}

function refuseOtherVersion({ id, version }: Draft, seen: readonly number[] | undefined): void {
  if (!seen || seen.includes(version)) return
  throw new AskError(
    'changed-meanwhile',
    `Draft ${id} was changed in another window, so what you typed here was not taken.`,
    'Load it again, and change it as it is now.',
  )
}
