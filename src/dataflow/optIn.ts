import { sourceTable } from '../cognito/catalogue.ts'
import { describeOptInCost } from '../cognito/optInCost.ts'
import { QUOTA_SHARE } from '../cognito/quotas.ts'
import type { TableChoice } from '../db/schema/dataflows.ts'
import { AskError } from '../errors.ts'

/** Whom to ask for is taken from these columns of the users. */
const ASKED_BY = ['sub', 'username', 'last_modified_at']

/**
 * What is wrong with the opt-in tables among those that were chosen: they go by the rows of the users, and find their own
 * rows again by the sub.
 */
export function optInProblems(choices: readonly TableChoice[]): string[] {
  const users = choices.find(({ source }) => source === 'users')
  return choices.flatMap((choice) =>
    sourceTable(choice.source).optIn ? problemsOf(choice, users) : budgetless(choice),
  )
}

function problemsOf({ source, purpose, treatments }: TableChoice, users: TableChoice | undefined): string[] {
  const treated = ASKED_BY.filter((column) => users?.treatments?.[column])
  return [
    ...(purpose === 'Privacy-Metadata'
      ? [
          `the table ${source} can't be imported for Privacy-Metadata: a run reads it for some of the users and carries the rows of the others over, and without rows there is nothing to carry`,
        ]
      : []),
    ...(users && users.purpose !== 'Privacy-Metadata'
      ? []
      : [`the table ${source} goes by the rows of users: import the table users as well, for All or Customer 360`]),
    ...(treated.length > 0
      ? [`the table ${source} goes by ${treated.map((column) => `users.${column}`).join(', ')}: leave that untreated`]
      : []),
    ...(treatments?.sub ? [`the column ${source}.sub can't be treated: its rows are found again by it`] : []),
  ]
}

function budgetless({ source, budget }: TableChoice): string[] {
  return budget === undefined ? [] : [`the table ${source} takes no budget: it is always read whole`]
}

/**
 * Refuses opt-in tables that were not chosen before, until somebody says that their costs are accepted.
 * @throws AskError 'bad-input' that states the costs
 */
export function refuseUnacceptedCosts(
  wanted: readonly TableChoice[],
  before: readonly TableChoice[],
  accepted: boolean,
): void {
  if (accepted) return
  const added = wanted.filter(({ source }) => !before.some((choice) => choice.source === source))
  const costs = added
    .map(({ source }) => sourceTable(source))
    .filter(({ optIn }) => optIn)
    .map((table) => describeOptInCost(table, QUOTA_SHARE))
  if (costs.length === 0) return
  throw new AskError(
    'bad-input',
    `Nothing was changed, because of what this would cost. ${costs.join(' ')}`,
    'To accept that, say it again with --accept-costs (API: "acceptCosts": true); a budget bounds what a run spends (--budget).',
  )
}
