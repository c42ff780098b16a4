import type { AlertEvent, AlertFacts } from '../db/schema/webhooks.ts'

/** Something to be told, before it has a form. */
export interface Alert extends AlertFacts {
  /** The delivery's: the same at each attempt, so that a receiver can drop what it has had. */
  readonly id: number
  readonly event: AlertEvent | 'test'
  readonly at: Date
}

/** The body for programs. @param dashboard where people reach it; without it there is no link */
export function asJson({ id, event, at, ...facts }: Alert, dashboard: string | undefined): string {
  return JSON.stringify({ id, event, at, ...facts, link: linkOf(facts, dashboard) })
}

/** The body that Slack's incoming webhooks take: the same in words. */
export function asSlack(alert: Alert, dashboard: string | undefined): string {
  const link = linkOf(alert, dashboard)
  const title = titleOf(alert)
  const heading = link === null ? `*${escaped(title)}*` : `*<${escaped(link)}|${escaped(title)}>*`
  const text = [heading, ...[alert.description ?? []].flat().map(escaped)].join('\n')
  return JSON.stringify({
    text: escaped(title),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: cut(text) } }],
  })
}

function titleOf({ event, dataflow, run, quota }: Alert): string {
  switch (event) {
    case 'run.failed':
      return `${dataflow}: run ${run} failed`
    case 'run.held':
      return `${dataflow}: run ${run} is held`
    case 'run.recovered':
      return `${dataflow} is well again: run ${run} succeeded`
    case 'dataflow.late':
      return `${dataflow} is late`
    case 'quota.throttled':
      return `Cognito throttles ${quota?.category} of account ${quota?.account} in ${quota?.region} hard`
    case 'test':
      return 'A test from Poolkeeper'
  }
}

function linkOf({ run }: AlertFacts, dashboard: string | undefined): string | null {
  return dashboard === undefined ? null : new URL(run === null ? '/' : `/runs/${run}`, dashboard).href
}

/** Slack takes these three for its own marks: a name could mention everybody. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Slack refuses a section that is longer than 3,000 characters. */
const MOST_CHARACTERS = 3_000

function cut(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`
}
