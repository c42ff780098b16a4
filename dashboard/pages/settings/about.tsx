import type { Output } from '../../../src/api/contract.ts'
import { Prose } from '../../parts/prose.tsx'
import { grouped } from '../../parts/text.ts'
import type { Surroundings } from '../../surroundings.ts'
import { Settings } from './settings.tsx'

interface AboutPageProps {
  readonly about: Output<'showAbout'>
  readonly caller: Output<'whoAmI'>
  readonly around: Surroundings
}

export function AboutPage({ about, caller, around }: AboutPageProps) {
  const { version, node, postgres, redis, keys } = about
  return (
    <Settings section="About" around={around}>
      <dl>
        <dt>Poolkeeper</dt>
        <dd>
          {version} <small>on Node {node}</small>
        </dd>
        <dt>Postgres</dt>
        <dd>{postgres}</dd>
        <dt>Redis</dt>
        <dd>{redis ? redis.version : 'is not answering: runs wait in Postgres until it does'}</dd>
        <dt>Schedulers</dt>
        <dd>
          {redis
            ? upOf(redis.schedulers, 'nothing starts without one: `poolkeeper scheduler`')
            : 'not seen without Redis'}
        </dd>
        <dt>Workers</dt>
        <dd>
          {redis
            ? upOf(redis.workers, 'nothing is imported without one: `poolkeeper worker`')
            : 'not seen without Redis'}
        </dd>
        <dt>You</dt>
        <dd>
          {caller.name}, {caller.role}
          <small>
            {caller.dataflows ? `for ${caller.dataflows.join(', ')}` : 'for all dataflows'}; personal values{' '}
            {caller.personal ? 'as they are' : 'masked'}
          </small>
        </dd>
      </dl>
      <h2>Keys</h2>
      {keys.length > 0 ? <Keys keys={keys} /> : <NoKeys />}
      <h2>More</h2>
      <ul>
        <li>
          <a href="/api/docs">The API</a>, with every field
        </li>
        <li>
          <a href="/guide">Setup guide</a>: where to find what in the AWS console
        </li>
        {!around.limited && (
          <li>
            <a href="/metrics">Metrics</a> for Prometheus
          </li>
        )}
        <li>
          <a href="/readyz">Readiness</a>, as probes see it
        </li>
      </ul>
    </Settings>
  )
}

function upOf(count: number, remedy: string) {
  return count > 0 ? (
    `${grouped(count)} up`
  ) : (
    <span class="trouble">
      ! none is up; <Prose text={remedy} />
    </span>
  )
}

function Keys({ keys }: { readonly keys: AboutPageProps['about']['keys'] }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col" class="number">
            Secrets under it
          </th>
          <th scope="col">What it is for</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <th scope="row">
              <code>{key.id}</code>
            </th>
            <td data-label="Secrets" class="number">
              {grouped(key.secrets)}
            </td>
            <td data-label="For">
              <span class={key.given ? undefined : 'trouble'}>
                <Prose text={purposeOf(key)} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function purposeOf({ given, sealsNew, secrets }: AboutPageProps['about']['keys'][number]): string {
  if (!given) return '! Missing from `POOLKEEPER_KEY`: what is sealed under it can’t be opened'
  if (sealsNew) return 'Seals new secrets, opens old ones'
  return secrets > 0 ? 'Opens old secrets; `poolkeeper keys rotate` moves them' : 'Not needed any more: take it away'
}

function NoKeys() {
  return (
    <p class="empty">
      There is no key, so no access key can be stored. Make one with <code>openssl rand -base64 32</code>, and set{' '}
      <code>POOLKEEPER_KEY</code> to it.
    </p>
  )
}
