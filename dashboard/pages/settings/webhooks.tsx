import type { Output } from '../../../src/api/contract.ts'
import { Empty } from '../../parts/empty.tsx'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Settings } from './settings.tsx'

interface WebhooksPageProps {
  readonly webhooks: Output<'listWebhooks'>['items']
  readonly around: Surroundings
}

export function WebhooksPage({ webhooks, around }: WebhooksPageProps) {
  const make = (
    <a class="button main" href="/settings/webhooks/new">
      New webhook
    </a>
  )
  return (
    <Settings section="Webhooks" around={around} actions={make}>
      {webhooks.length > 0 ? (
        <Table webhooks={webhooks} around={around} />
      ) : (
        <Empty>Nobody is told when something needs a person. A webhook tells your on-call service, or Slack.</Empty>
      )}
    </Settings>
  )
}

function Table({ webhooks, around }: WebhooksPageProps) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Webhook</th>
          <th scope="col">Format</th>
          <th scope="col">Told of</th>
          <th scope="col">Made</th>
        </tr>
      </thead>
      <tbody>
        {webhooks.map(({ id, name, host, format, events, dataflows, createdBy, createdAt }) => (
          <tr key={id}>
            <th scope="row">
              <a href={`/settings/webhooks/${id}`}>{name}</a>
              <small>{host}</small>
            </th>
            <td data-label="Format">{format}</td>
            <td data-label="Told of">
              <span>
                {events.join(', ')}
                <small>of {dataflows ? dataflows.join(', ') : 'all dataflows'}</small>
              </span>
            </td>
            <td data-label="Made">
              <span>
                <When at={createdAt} around={around} />
                <small>by {createdBy}</small>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
