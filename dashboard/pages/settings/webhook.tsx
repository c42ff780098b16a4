import type { Output } from '../../../src/api/contract.ts'
import { addressWith } from '../../address.ts'
import { Action } from '../../parts/action.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Live } from '../../parts/live.tsx'
import { SecretOnce } from '../../parts/secretOnce.tsx'
import { type Badge, BadgeView } from '../../parts/status.tsx'
import { counted } from '../../parts/text.ts'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Setting } from './settings.tsx'

type Delivery = Output<'listDeliveries'>['items'][number]

interface WebhookPageProps {
  readonly webhook: Output<'showWebhook'>
  readonly deliveries: Output<'listDeliveries'>
  /** Whether the deliveries go on behind a page before. */
  readonly older: boolean
  readonly around: Surroundings
}

export function WebhookPage({ webhook, deliveries, older, around }: WebhookPageProps) {
  const { id, name, host, format, events, dataflows, createdBy, createdAt } = webhook
  const path = `/settings/webhooks/${id}`
  return (
    <Setting
      section="Webhooks"
      title={`Webhook ${name}`}
      around={around}
      actions={<Actions {...{ webhook, around }} />}
    >
      <dl>
        <dt>Goes to</dt>
        <dd>
          {host} <small>as {format}</small>
        </dd>
        <dt>Told of</dt>
        <dd>
          {events.join(', ')}
          <small>of {dataflows ? dataflows.join(', ') : 'all dataflows, and the quotas'}</small>
        </dd>
        <dt>Made</dt>
        <dd>
          <When at={createdAt} around={around} />
          <small>by {createdBy}</small>
        </dd>
      </dl>
      <h2>What it was told in the last month</h2>
      <Live id="deliveries" on={!older && deliveries.items.some(({ state }) => state === 'waiting')} around={around}>
        {deliveries.items.length > 0 ? (
          <Deliveries deliveries={deliveries.items} around={around} />
        ) : (
          <Empty>Nothing yet. Send a test to see whether it arrives.</Empty>
        )}
      </Live>
      <nav class="pages" aria-label="Pages">
        {older && <a href={path}>Newest</a>}
        {deliveries.next && <a href={addressWith(path, { cursor: deliveries.next })}>Older</a>}
      </nav>
    </Setting>
  )
}

function Actions({ webhook: { id, name }, around }: Pick<WebhookPageProps, 'webhook' | 'around'>) {
  const path = `/settings/webhooks/${id}`
  return (
    <>
      <Action name="Send a test" to={`${path}/test`} around={around} />
      <Confirm
        id="remove"
        name="Remove"
        title={`Remove the webhook ${name}?`}
        otherwise="Keep it"
        to={`${path}/remove`}
        kind="danger"
        around={around}
      >
        It is told of nothing any more, and what still waits to be delivered to it is dropped, with the list of what it
        was told.
      </Confirm>
    </>
  )
}

const STATES: Readonly<Record<Delivery['state'], Badge>> = {
  waiting: { tone: 'live', mark: '▸', word: 'Under way' },
  delivered: { tone: 'good', mark: '✓', word: 'Delivered' },
  'given-up': { tone: 'bad', mark: '✕', word: 'Given up' },
}

interface DeliveriesProps {
  readonly deliveries: readonly Delivery[]
  readonly around: Surroundings
}

function Deliveries({ deliveries, around }: DeliveriesProps) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Event</th>
          <th scope="col">State</th>
          <th scope="col">About</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map((delivery) => (
          <DeliveryRow key={delivery.id} delivery={delivery} around={around} />
        ))}
      </tbody>
    </table>
  )
}

function DeliveryRow({ delivery, around }: { readonly delivery: Delivery; readonly around: Surroundings }) {
  const { id, event, dataflow, run, state, attempts, dueAt, outcome, createdAt } = delivery
  return (
    <tr>
      <th scope="row">
        {event}
        <small>delivery {id}</small>
      </th>
      <td data-label="State">
        <span>
          <BadgeView {...STATES[state]} />
          <small class="note">
            {counted(attempts, 'attempt')}
            {outcome && `, the last one: ${outcome}`}
          </small>
          {state === 'waiting' && attempts > 0 && (
            <small class="note">
              The next one <When at={dueAt} around={around} />
            </small>
          )}
        </span>
      </td>
      <td data-label="About">
        <span>
          {run === null ? (dataflow ?? '–') : <a href={`/runs/${run}`}>Run {run}</a>}
          {run !== null && <small>{dataflow}</small>}
        </span>
      </td>
      <td data-label="When">
        <When at={createdAt} around={around} />
      </td>
    </tr>
  )
}

interface WebhookMadePageProps {
  readonly webhook: Output<'showWebhook'>
  readonly secret: string
  readonly around: Surroundings
}

/** The only page that ever shows what a webhook's requests are signed with. */
export function WebhookMadePage({ webhook: { id, name }, secret, around }: WebhookMadePageProps) {
  return (
    <Setting section="Webhooks" title={`Webhook ${name} is made`} around={around}>
      <SecretOnce
        id="secret"
        label="What its requests are signed with."
        secret={secret}
        address={`/settings/webhooks/${id}`}
      />
      <p>The receiver checks the signature with it, so that nobody else can tell it anything.</p>
      <p>
        <a class="button" href={`/settings/webhooks/${id}`}>
          On to the webhook
        </a>
      </p>
    </Setting>
  )
}
