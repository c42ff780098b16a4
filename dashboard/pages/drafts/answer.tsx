import type { VNode } from 'preact'
import type { Call } from '../../../src/api/contract.ts'
import type { AskError } from '../../../src/errors.ts'
import { type Typed, textIn } from '../../typed.ts'
import type { Done, Visit } from '../../visit.ts'
import { detailsFrom, typedDetails } from '../dataflowForm/details.tsx'
import { limitsFrom, typedLimits } from '../dataflowForm/limits.tsx'
import { offersOf } from '../dataflowForm/offer.ts'
import { scheduleFrom, typedSchedule } from '../dataflowForm/schedule.ts'
import { refuseUntickedCosts, tablesFrom, typedTables } from '../dataflowForm/tables.ts'
import { DetailsPage } from './detailsPage.tsx'
import { NamePage } from './namePage.tsx'
import { SchedulePage } from './schedulePage.tsx'
import type { StepProps } from './stepProps.ts'
import { addressOf, type Draft, STEPS, type StepName } from './steps.ts'
import { TablesPage } from './tablesPage.tsx'

/** A step that is a form and no more: what stands in it, what it answers, and its page. */
interface Form {
  typed(draft: Draft): Typed
  answers(visit: Visit, draft: Draft): Promise<Call<'editDraft'>['body']>
  show(visit: Visit, props: StepProps): Promise<VNode>
}

const FORMS = {
  name: {
    typed: ({ answers: { name } }) => ({ name }),
    answers: async ({ form }) => ({ name: textIn(form, 'name').trim() }),
    show: async (_, props) => <NamePage {...props} />,
  },
  details: {
    typed: ({ answers }) => typedDetails(answers),
    answers: async ({ form }, { answers: { name = '' } }) => detailsFrom(form, name),
    show: async (_, props) => <DetailsPage {...props} />,
  },
  tables: {
    typed: (draft) => typedTables(proposed(draft), draft.answers.acceptCosts ?? false),
    async answers(visit, draft) {
      const offers = await offersFor(visit, draft)
      refuseUntickedCosts(visit.form, offers, [])
      return tablesFrom(visit.form, offers)
    },
    show: async (visit, props) => <TablesPage {...props} offers={await offersFor(visit, props.draft)} />,
  },
  schedule: {
    typed: ({ answers }) => ({ ...typedSchedule(answers), ...typedLimits(answers) }),
    answers: async ({ form, around }) => {
      const { schedule, timezone } = scheduleFrom(form)
      return { schedule, timezone: timezone || around.zone, ...limitsFrom(form) }
    },
    show: async (_, props) => <SchedulePage {...props} />,
  },
} as const satisfies Partial<Record<StepName, Form>>

export type FormStep = keyof typeof FORMS
export const FORM_STEPS = Object.keys(FORMS) as FormStep[]

/** What was chosen; before that what is usual, as far as it may be read. */
function proposed({ tables, answers, found }: Draft): Draft['tables'] {
  const refused = (found?.tables ?? []).filter((table) => table.refused.length > 0).map(({ table }) => table)
  return answers.tables ?? tables.filter(({ source }) => !refused.includes(source))
}

/** The tables of a draft's connector, with what was found of them. */
async function offersFor({ perform }: Visit, { answers, found }: Draft) {
  const { items } = await perform('listConnectors', {})
  const connector = items.find(({ id }) => id === answers.connector) ?? items[0]
  return offersOf(connector?.tables ?? [], found?.tables)
}

/** A step as it stands; after a problem as it was typed. */
export async function showStep(step: FormStep, visit: Visit, problem?: AskError): Promise<VNode> {
  const draft = await draftOf(visit)
  const typed = problem ? visit.form : FORMS[step].typed(draft)
  return FORMS[step].show(visit, { draft, typed, problem, around: visit.around })
}

/** Takes what a step asked for, and goes on to the next. */
export async function answer(step: FormStep, visit: Visit): Promise<Done> {
  const draft = await draftOf(visit)
  const body = await FORMS[step].answers(visit, draft)
  await visit.perform('editDraft', { draft: draft.id, ifMatch: seen(visit), body })
  return { goTo: addressOf(draft, STEPS[STEPS.indexOf(step) + 1] ?? 'review') }
}

/** The draft that an address names. */
export function draftOf({ perform, params }: Visit): Promise<Draft> {
  return perform('showDraft', { draft: params.id ?? '' })
}

/** The version that a form was shown with, as an ETag: another window may have gone on meanwhile. */
export const seen = ({ form }: Visit) => `"${textIn(form, 'version')}"`
