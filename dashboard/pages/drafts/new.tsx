import type { RequestHandler } from 'express'
import type { VNode } from 'preact'
import { sentences } from '../../../src/dataflow/input.ts'
import { dataflowName } from '../../../src/dataflow/name.ts'
import { AskError } from '../../../src/errors.ts'
import type { Services } from '../../services.ts'
import { part, type Visit } from '../../visit.ts'
import { NameCheck, NewPage } from './namePage.tsx'

/** Where a dataflow begins. */
export async function showNew(visit: Visit, problem?: AskError): Promise<VNode> {
  const { items } = await visit.perform('listDrafts', {})
  return <NewPage typed={visit.form} problem={problem} drafts={items} around={visit.around} />
}

/** What is wrong with a name, or that it is free: a piece of the page, asked for while somebody types. */
export function checkName(services: Services): RequestHandler {
  return part(services, async (visit) => {
    const name = typeof visit.query.name === 'string' ? visit.query.name.trim() : ''
    return <NameCheck name={name} problem={await problemWith(visit, name)} />
  })
}

async function problemWith({ perform }: Visit, name: string): Promise<string | undefined> {
  const judged = dataflowName.safeParse(name)
  if (!judged.success) return sentences(judged.error.issues.map(({ message }) => message))
  try {
    await perform('showDataflow', { name })
    return `There is already a dataflow ${name} (its case does not matter).`
  } catch (error) {
    if (error instanceof AskError && error.code === 'not-found') return undefined
    throw error
  }
}
