import { costOf } from './cost.ts'
import { documentedAt } from './quotas.ts'
import type { SourceTable } from './sourceTable.ts'

/** Requests that a run spends on an opt-in table when nobody said otherwise: 2 minutes of AdminGetUser, 4 of the others. */
export const DEFAULT_BUDGET = 10_000

/** What AWS charges for a monthly active user, by the pool's plan. */
type Dollars = Readonly<Record<'Lite' | 'Essentials' | 'Plus', number>>

/**
 * For 1,000 monthly active users beyond the free ones (10,000 an account and month; none with Plus), in US dollars; Lite
 * grows cheaper from 100,000 on. https://aws.amazon.com/cognito/pricing/, as of 2026-09-20; the same page counts "an
 * attribute query on a user (AdminGetUser API)" among what makes a user an active one.
 */
const FOR_1000_USERS: Dollars = { Lite: 5.5, Essentials: 15, Plus: 20 }

/** What an opt-in table costs for every user that it is read for. */
export interface OptInCost {
  readonly requestsFor1000Users: number
  /** At the share of the quota that the fleet takes, with nothing else drawing on it. */
  readonly hoursFor100000Users: number
  /** At most, for users who would not have been active in that month anyway; null where AWS bills nobody for being asked. */
  readonly dollarsFor1000Users: Dollars | null
}

/** @param share of the quota that the fleet takes */
export function optInCost({ optIn, requests }: SourceTable, share: number): OptInCost {
  const costs = costOf(requests({ rows: 0, groups: 0, users: 100_000 }), documentedAt(share))
  return {
    requestsFor1000Users: 1_000,
    hoursFor100000Users: Math.max(...costs.map(({ seconds }) => seconds)) / 3_600,
    dollarsFor1000Users: optIn?.billsEachUser ? FOR_1000_USERS : null,
  }
}

/** The same in words, for whoever is about to choose it. */
export function describeOptInCost(table: SourceTable, share: number): string {
  const { requestsFor1000Users, hoursFor100000Users, dollarsFor1000Users } = optInCost(table, share)
  const requests = `${table.source} asks Cognito for each user (${table.optIn?.operation}): at least ${requestsFor1000Users.toLocaleString('en')} requests for 1,000 users`
  const time = `${hoursFor100000Users.toFixed(1)} hours for 100,000 at ${Math.round(share * 100)} % of the quota`
  return `${requests}, ${time}. ${money(dollarsFor1000Users)}`
}

function money(dollars: Dollars | null): string {
  if (!dollars) return "AWS's price list names no charge for it."
  const prices = Object.entries(dollars).map(([plan, price]) => `$${price.toFixed(2)} (${plan})`)
  return `AWS bills each user who is asked for as active in that month, unless they are anyway: ${prices.join(', ')} for 1,000 users beyond the free ones (https://aws.amazon.com/cognito/pricing/).`
}
