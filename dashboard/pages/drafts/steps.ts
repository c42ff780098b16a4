import type { Output } from '../../../src/api/contract.ts'

export type Draft = Output<'showDraft'>

/** The pages of the wizard, in the order in which they are walked through. */
export const STEPS = ['name', 'connector', 'details', 'connection', 'tables', 'schedule', 'review'] as const
export type StepName = (typeof STEPS)[number]

/** What each is called. */
export const TITLES: Readonly<Record<StepName, string>> = {
  name: 'Name',
  connector: 'Connector',
  details: 'Details',
  connection: 'Connection',
  tables: 'Tables',
  schedule: 'Schedule',
  review: 'Review',
}

/** Where a step of a draft stands. */
export const addressOf = (draft: Pick<Draft, 'id'>, step: StepName) => `/drafts/${draft.id}/${step}`

/** The step before one; undefined before the first. */
export function stepBefore(step: StepName): StepName | undefined {
  return STEPS[STEPS.indexOf(step) - 1]
}

/** Whether what a step asks for is answered. */
export function isDone({ answers, found }: Draft, step: StepName): boolean {
  const answered: Readonly<Record<StepName, boolean>> = {
    name: answers.name !== undefined,
    connector: answers.connector !== undefined,
    details: answers.displayName !== undefined,
    connection: found?.pool !== undefined,
    tables: answers.tables !== undefined,
    schedule: answers.schedule !== undefined,
    review: false,
  }
  return answered[step]
}

/** The first step that is not answered yet. */
export function stepToGoOn(draft: Draft): StepName {
  return STEPS.find((step) => !isDone(draft, step)) ?? 'review'
}
