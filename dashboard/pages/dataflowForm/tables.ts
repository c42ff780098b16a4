import type { Call, Output } from '../../../src/api/contract.ts'
import { AskError } from '../../../src/errors.ts'
import { allIn, numberIn, type Typed, textIn } from '../../typed.ts'
import { type Offer, treatmentField, treatmentsIn } from './offer.ts'

type Choice = Output<'showDataflow'>['tables'][number]

/** Purposes, in the order in which they are offered, and what each publishes. */
export const PURPOSES = [
  { value: 'All', about: 'Loads its rows, and what the privacy catalogue tells of them.' },
  { value: 'Customer 360', about: 'Loads customer data: its rows.' },
  { value: 'Privacy-Metadata', about: 'Loads metadata: what its columns hold, counted, and no row.' },
] as const

/** The fields of the tables that are chosen. */
export function typedTables(choices: readonly Choice[], acceptCosts: boolean): Typed {
  const own = choices.flatMap(({ source, purpose, budget, treatments = {} }) => [
    [`purpose.${source}`, purpose],
    [`budget.${source}`, budget?.toString()],
    ...Object.entries(treatments).map(([column, treatment]) => [treatmentField(source, column), treatment]),
  ])
  return {
    ...Object.fromEntries(own),
    table: choices.map(({ source }) => source),
    acceptCosts: acceptCosts ? 'on' : undefined,
  }
}

/** What is chosen by a form. What it says is checked where it is taken. */
export function tablesFrom(typed: Typed, offers: readonly Offer[]) {
  const chosen = offers.filter(({ source }) => allIn(typed, 'table').includes(source))
  const tables = chosen.map(({ source, cost }) => ({
    source,
    purpose: textIn(typed, `purpose.${source}`) || 'All',
    treatments: treatmentsIn(typed, source),
    ...(cost && textIn(typed, `budget.${source}`) && { budget: numberIn(typed, `budget.${source}`) }),
  }))
  return { tables, acceptCosts: textIn(typed, 'acceptCosts') === 'on' } as Pick<
    Call<'createDataflow'>['body'],
    'tables' | 'acceptCosts'
  >
}

/**
 * Whoever chooses a table that costs a request a user says that they know.
 * @param before the tables that were accepted before
 * @throws AskError 'bad-input' at the box to tick
 */
export function refuseUntickedCosts(typed: Typed, offers: readonly Offer[], before: readonly string[]): void {
  const costly = offers.filter(({ source, cost }) => cost && allIn(typed, 'table').includes(source))
  const added = costly.map(({ source }) => source).filter((source) => !before.includes(source))
  if (added.length === 0 || textIn(typed, 'acceptCosts') === 'on') return
  const message = `Accept what ${added.join(', ')} would cost, or leave that out.`
  throw new AskError('bad-input', message, '', { problems: [{ field: 'acceptCosts', message }] })
}
