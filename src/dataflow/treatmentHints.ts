import { sourceTable } from '../cognito/catalogue.ts'
import type { TableChoice } from '../db/schema/dataflows.ts'

/** Fields that name a user. In a pool whose users sign in by e-mail address, the username is the sub. */
const NAMES_OF_A_USER = ['sub', 'Username']

/**
 * The columns that are kept as they are although others are treated that tell the same of a user, in one sentence for
 * whoever chose so; undefined when there are none.
 */
export function treatmentHint(tables: readonly TableChoice[]): string | undefined {
  const columns = tables.filter(({ purpose }) => purpose !== 'Privacy-Metadata').flatMap(namesIn)
  const treated = columns.filter(({ isTreated }) => isTreated).map(({ name }) => name)
  const kept = columns.filter(({ isTreated }) => !isTreated).map(({ name }) => name)
  if (treated.length === 0 || kept.length === 0) return undefined
  return `${kept.join(', ')} are kept as they are, and may tell what ${treated.join(', ')} no longer do: in many pools a user's name is their sub.`
}

function namesIn({ source, treatments = {} }: TableChoice): { name: string; isTreated: boolean }[] {
  const names = sourceTable(source)
    .shape(null)
    .columns.filter(({ field }) => NAMES_OF_A_USER.includes(field))
  return names.map(({ name }) => ({ name: `${source}.${name}`, isTreated: treatments[name] !== undefined }))
}
