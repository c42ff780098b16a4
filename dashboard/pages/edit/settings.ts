import type { Call, Output } from '../../../src/api/contract.ts'
import { type Typed, textIn } from '../../typed.ts'
import { credentialsFrom, poolFrom, typedConnection } from '../dataflowForm/connection.ts'
import { detailsFrom, typedDetails } from '../dataflowForm/details.tsx'
import { limitsFrom, typedLimits } from '../dataflowForm/limits.tsx'
import type { Offer } from '../dataflowForm/offer.ts'
import { scheduleFrom, typedSchedule } from '../dataflowForm/schedule.ts'
import { tablesFrom, typedTables } from '../dataflowForm/tables.ts'

export type Dataflow = Output<'showDataflow'>
export type Patch = Call<'editDataflow'>['body']
/** What the form is about, as the operation takes it; of the credentials what may be shown. */
export type Settings = Omit<Patch, 'credentials'> & { readonly credentials?: ReturnType<typeof credentialsFrom> }

/** A dataflow as the fields of the form have it. */
export function typedFrom(dataflow: Dataflow): Typed {
  return {
    ...typedDetails(dataflow),
    ...typedConnection(dataflow),
    ...typedTables(dataflow.tables, false),
    ...typedSchedule(dataflow),
    ...typedLimits(dataflow),
  }
}

/** All that a form says. */
export function settingsFrom(typed: Typed, name: string, offers: readonly Offer[]): Settings {
  const { acceptCosts: _, ...tables } = tablesFrom(typed, offers)
  return {
    ...detailsFrom(typed, name),
    ...poolFrom(typed),
    ...{ ...tables, credentials: credentialsFrom(typed) },
    ...scheduleFrom(typed),
    ...limitsFrom(typed),
  }
}

/** What one has otherwise than the other. */
export function changesBetween(before: Settings, after: Settings): Partial<Settings> {
  const changed = Object.entries(after).filter(
    ([setting, value]) => JSON.stringify(value) !== JSON.stringify(before[setting as keyof Settings]),
  )
  return Object.fromEntries(changed)
}

/** The form as it was when somebody began to type: what they changed is what they send, and nothing else. */
export function baseIn(typed: Typed): Typed {
  try {
    const base: unknown = JSON.parse(textIn(typed, 'base'))
    return typeof base === 'object' && base !== null ? (base as Typed) : {}
  } catch {
    return {}
  }
}
