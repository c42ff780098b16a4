import type { VNode } from 'preact'
import type { AskError } from '../../../src/errors.ts'
import { textIn } from '../../typed.ts'
import type { Done, Visit } from '../../visit.ts'
import { draftOf } from './answer.tsx'
import { ReviewPage } from './reviewPage.tsx'
import { addressOf } from './steps.ts'

/** Begins a draft with its name. */
export async function begin({ perform, form }: Visit): Promise<Done> {
  const draft = await perform('createDraft', { body: { name: textIn(form, 'name').trim() } })
  return { goTo: addressOf(draft, 'connector') }
}

/** All answers once more. */
export async function review(visit: Visit, problem?: AskError): Promise<VNode> {
  return <ReviewPage draft={await draftOf(visit)} problem={problem} around={visit.around} />
}

/** Makes it a dataflow, and runs it where that was asked for. */
export async function save({ perform, params, form }: Visit): Promise<Done> {
  const { name } = await perform('saveDraft', { draft: params.id ?? '' })
  if (textIn(form, 'next') !== 'run') return { goTo: `/dataflows/${name}`, notice: `${name} is saved.` }
  const { run } = await perform('requestRun', { name, body: {} })
  return { goTo: `/runs/${run}`, notice: `${name} is saved, and its first run requested.` }
}

/** Throws a draft away. */
export async function discard({ perform, params }: Visit): Promise<Done> {
  await perform('discardDraft', { draft: params.id ?? '' })
  return { goTo: '/dataflows/new', notice: 'The draft is gone.' }
}
