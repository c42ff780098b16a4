import type { AskError } from '../../../src/errors.ts'
import { textIn } from '../../typed.ts'
import type { Visit } from '../../visit.ts'
import { type Offer, offersOf, withCustom } from '../dataflowForm/offer.ts'
import { refuseUntickedCosts, tablesFrom } from '../dataflowForm/tables.ts'
import { baseIn, changesBetween, type Dataflow, type Patch, type Settings, settingsFrom } from './settings.ts'

/** What somebody changed in the form, as the operation takes it. */
export function changesIn({ form }: Visit, { name, tables }: Dataflow, offers: readonly Offer[]): Patch {
  const [before, after] = [baseIn(form), form].map((typed) => settingsFrom(typed, name, offers))
  const changes = changesBetween(before as Settings, after as Settings)
  const accepted = tables.map(({ source }) => source)
  if (!changes.tables) return changes as Patch
  refuseUntickedCosts(form, offers, accepted)
  return { ...changes, acceptCosts: tablesFrom(form, offers).acceptCosts } as Patch
}

/** The tables that a dataflow may import, with the columns of those that it does: custom attributes among them. */
export async function offersFor({ perform }: Visit, { connector, schema, tables }: Dataflow): Promise<Offer[]> {
  const { items } = await perform('listConnectors', {})
  const offers = offersOf(items.find(({ id }) => id === connector)?.tables ?? [])
  return Promise.all(
    offers.map(async (offer) => {
      const choice = tables.find(({ source }) => source === offer.source)
      if (!choice || !offer.custom) return offer
      const seen = await columnsOf({ perform }, schema, offer.source)
      const treated = Object.keys(choice.treatments ?? {}).map(asColumn)
      return { ...offer, columns: withCustom(withCustom(offer.columns, seen), treated) }
    }),
  )
}

/** A table that publishes no rows has no columns to look at. */
async function columnsOf({ perform }: Pick<Visit, 'perform'>, schema: string, table: string) {
  try {
    const { columns } = await perform('showTable', { schema, table })
    return columns.map(({ field, ...column }) => ({ ...column, field: field ?? column.name }))
  } catch (error) {
    if ((error as AskError).code === 'not-found') return []
    throw error
  }
}

/** What is treated and in no table: an attribute that was dropped, or that the pool has not got yet. */
const asColumn = (name: string) => ({ name, type: 'text', field: name, personal: 'identifier' })

/** The version that the form was shown with. */
export const seenIn = ({ form }: Visit) => `"${textIn(form, 'version')}"`
