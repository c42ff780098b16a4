import type { Typed } from '../../typed.ts'
import type { Visit } from '../../visit.ts'
import type { Offer } from '../dataflowForm/offer.ts'
import type { Meanwhile } from './meanwhile.tsx'
import { baseIn, changesBetween, type Dataflow, settingsFrom, typedFrom } from './settings.ts'

/** Two have changed one dataflow: what each did, and the form that has both, where both did the same the own. */
export async function meetingOf(
  visit: Visit,
  dataflow: Dataflow,
  offers: readonly Offer[],
): Promise<{ typed: Typed; meanwhile: Meanwhile }> {
  const settings = (typed: Typed) => settingsFrom(typed, dataflow.name, offers)
  const [base, now] = [settings(baseIn(visit.form)), settings(typedFrom(dataflow))]
  const mine = changesBetween(base, settings(visit.form))
  const theirs = changesBetween(base, now)
  const typed = typedFrom({ ...dataflow, ...mine } as Dataflow)
  return { typed, meanwhile: { by: await lastEditor(visit, dataflow), theirs, mine } }
}

/** Whoever may read the audit log is told who it was. */
async function lastEditor({ perform, around }: Visit, { name }: Dataflow): Promise<string | undefined> {
  if (around.limited) return undefined
  const { items } = await perform('listAudit', { dataflow: name, action: 'editDataflow', limit: 1 })
  return items[0]?.actor
}
