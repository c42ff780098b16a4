import type { Output as Answer } from '../../api/contract.ts'
import { describeScope } from '../../quota/shares.ts'
import type { Output } from '../output.ts'
import { duration } from '../progress.ts'

type QuotaReport = Answer<'showQuotas'>
type QuotaFigures = QuotaReport['quotas'][number]

const HEAD = [
  ...['Account', 'Region', 'Category', 'AWS/s', 'Share', 'Now/s', 'Used/s'],
  ...['Waiting', 'Granted', 'Waited', 'Throttled', 'Since'],
]

/** The quotas for people: a row each, who waits, and what was set. */
export function printQuotas(output: Output, { quotas, shares }: QuotaReport): void {
  if (quotas.length === 0) output.line('No quota is known yet: the first run of a dataflow finds out its account.')
  else output.table(HEAD, quotas.map(cells))
  for (const quota of quotas) if (quota.runs?.length) output.line(describeLine(quota, quota.runs))
  for (const share of shares) output.line(`Set: ${percent(share.share)} of ${describeScope(share)}.`)
  if (quotas.some(({ ceiling }) => ceiling === null)) output.line(WITHOUT_REDIS)
}

const WITHOUT_REDIS =
  'Redis is not answering: what is used and who waits is not known, and each worker keeps to a slice of its own.'

function cells(quota: QuotaFigures): string[] {
  const { account, region, category, rate, live, share, waitedSeconds, since } = quota
  return [
    ...[account, region, category, live ? `${rate} (live)` : String(rate), percent(share)],
    ...[ceiling(quota), figure(quota.usedNow), figure(quota.waiting), figure(quota.granted)],
    waitedSeconds === null ? UNKNOWN : duration(waitedSeconds),
    ...[figure(quota.throttled), since?.replace('T', ' ').slice(0, 16) ?? UNKNOWN],
  ]
}

const UNKNOWN = '–'

function ceiling({ allowed, ceiling, slowed }: QuotaFigures): string {
  return slowed ? `${figure(ceiling)} (slowed from ${figure(allowed)})` : figure(allowed)
}

function figure(value: number | null): string {
  return value === null ? UNKNOWN : value.toLocaleString('en', { maximumFractionDigits: 1 })
}

/** 0.125 → `12.5 %` */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}

function describeLine({ category, account, region }: QuotaFigures, runs: NonNullable<QuotaFigures['runs']>): string {
  const waiting = runs.map(({ run, dataflow, requests }) => `run ${run} of ${dataflow} (${requests} requests)`)
  return `Waiting for ${category} of ${account} in ${region}: ${waiting.join(', ')}.`
}
