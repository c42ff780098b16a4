import type { Output } from '../../../src/api/contract.ts'
import { BadgeView } from '../../parts/status.tsx'
import { counted, duration, grouped, percent, rate } from '../../parts/text.ts'

type Quota = Output<'showQuotas'>['quotas'][number]

export function QuotaTable({ quotas }: { readonly quotas: readonly Quota[] }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Quota</th>
          <th scope="col">May go out</th>
          <th scope="col">Goes out now</th>
          <th scope="col">Waits</th>
          <th scope="col">Went out</th>
        </tr>
      </thead>
      <tbody>
        {quotas.map((quota) => (
          <QuotaRow key={idOf(quota)} quota={quota} />
        ))}
      </tbody>
    </table>
  )
}

const idOf = ({ account, region, category }: Quota) => `${category}-${account}-${region}`

function QuotaRow({ quota }: { readonly quota: Quota }) {
  const { account, region, category, rate: ofAws, live, share, allowed } = quota
  return (
    <tr id={idOf(quota)}>
      <th scope="row">
        {category}
        <small>
          {account} · {region}
        </small>
      </th>
      <td data-label="May go out">
        <span>
          {rate(allowed)}
          <small>
            {percent(share)} of the {rate(ofAws)} that AWS {live ? 'has told' : 'documents'}
          </small>
        </span>
      </td>
      <td data-label="Goes out now">
        <Use quota={quota} />
      </td>
      <td data-label="Waits">
        <Waiting quota={quota} />
      </td>
      <td data-label="Went out">
        <Past quota={quota} />
      </td>
    </tr>
  )
}

/** Without Redis nobody counts; before the second look nobody knows. */
function Use({ quota: { ceiling, slowed, usedNow, allowed } }: { readonly quota: Quota }) {
  if (ceiling === null) return <span class="quiet">not known without Redis</span>
  return (
    <span>
      {slowed && <BadgeView tone="held" mark="!" word={`Slowed to ${rate(ceiling)}: Cognito throttled`} />}
      {usedNow === null ? <span class="quiet">measuring…</span> : rate(usedNow)}
      {usedNow !== null && (
        <progress value={usedNow} max={allowed} aria-label={`${rate(usedNow)} of ${rate(allowed)}`} />
      )}
    </span>
  )
}

function Waiting({ quota: { waiting, runs } }: { readonly quota: Quota }) {
  return (
    <span>
      {waiting === null ? '–' : counted(waiting, 'request')}
      {runs?.map(({ run, dataflow, requests }) => (
        <small key={run}>
          <a href={`/runs/${run}`}>
            Run {run} of {dataflow}
          </a>
          : {grouped(requests)}
        </small>
      ))}
    </span>
  )
}

function Past({ quota: { granted, waitedSeconds, throttled } }: { readonly quota: Quota }) {
  if (granted === null) return <span>–</span>
  return (
    <span>
      {counted(granted, 'request')}
      <small>
        {grouped(throttled ?? 0)} throttled, waited {duration(waitedSeconds ?? 0)} in all
      </small>
    </span>
  )
}
