import type { TableChoice } from '../db/schema/dataflows.ts'
import type { Treatment } from '../db/table.ts'
import { AskError } from '../errors.ts'
import { sentences } from './input.ts'
import { optInProblems } from './optIn.ts'
import type { ColumnTreatments } from './treatments.ts'

/** What `create` and `edit` may say of the tables. */
interface TableChanges {
  /** Instead of all that stand. What is not said of a table's treatments and budget stays. */
  readonly tables?: readonly TableInput[] | undefined
  /** By table, on top of what stands. */
  readonly treatments?: Readonly<Record<string, ColumnTreatments>> | undefined
  /** By table, instead of what stands. */
  readonly budgets?: Readonly<Record<string, number>> | undefined
}

type TableInput = Pick<TableChoice, 'source' | 'purpose'> & {
  readonly treatments?: ColumnTreatments | undefined
  readonly budget?: number | undefined
}

/**
 * The tables that a dataflow imports from now on.
 * @throws AskError 'bad-input' when treatments or budgets are for tables that are not among them, or opt-in tables lack
 *   what they go by
 */
export function chooseTables(
  standing: readonly TableChoice[],
  { tables = standing, treatments = {}, budgets = {} }: TableChanges,
): TableChoice[] {
  refuseForeign(tables, Object.keys(treatments), 'so nothing there can be treated')
  refuseForeign(tables, Object.keys(budgets), 'so no budget is needed there')
  const chosen = tables.map(({ source, purpose, ...own }) => {
    const before = standing.find((table) => table.source === source)
    const treated = Object.entries({ ...(own.treatments ?? before?.treatments), ...treatments[source] })
    const kept = treated.filter(isTreatment)
    const budget = budgets[source] ?? own.budget ?? before?.budget
    return {
      source,
      purpose,
      ...(kept.length > 0 && { treatments: Object.fromEntries(kept) }),
      ...(budget !== undefined && { budget }),
    }
  })
  const problems = optInProblems(chosen)
  if (problems.length > 0) throw new AskError('bad-input', sentences(problems))
  return chosen
}

function refuseForeign(tables: readonly TableInput[], named: readonly string[], so: string): void {
  const foreign = named.filter((table) => !tables.some(({ source }) => source === table))
  if (foreign.length > 0) throw new AskError('bad-input', `Nothing is imported of ${foreign.join(', ')}, ${so}.`)
}

function isTreatment(entry: [string, ColumnTreatments[string]]): entry is [string, Treatment] {
  return entry[1] !== 'keep'
}
