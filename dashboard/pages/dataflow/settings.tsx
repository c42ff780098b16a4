import { mayAct } from '../../../src/access/caller.ts'
import { REGION_NAMES } from '../../../src/cognito/regions.ts'
import { CONNECTORS } from '../../../src/dataflow/connectors.ts'
import { addressWith } from '../../address.ts'
import { Prose } from '../../parts/prose.tsx'
import { counted, grouped, span } from '../../parts/text.ts'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import type { Dataflow } from './dataflowPage.tsx'

/** How a dataflow is set up. No secret is among it. */
export function Settings({ dataflow, around }: { readonly dataflow: Dataflow; readonly around: Surroundings }) {
  const { name, description, connector, poolId, region, schema, tags, keepSnapshots } = dataflow
  return (
    <section aria-labelledby="settings">
      <h2 id="settings">Settings {mayAct(around.role, 'admin') && <a href={`/dataflows/${name}/edit`}>Edit</a>}</h2>
      <dl>
        <dt>Name</dt>
        <dd>
          {name}
          <small>
            tables in the schema <a href={`/databases/${schema}`}>{schema}</a>
          </small>
        </dd>
        {description && (
          <>
            <dt>Description</dt>
            <dd>
              <Prose text={description} />
            </dd>
          </>
        )}
        <dt>User pool</dt>
        <dd>
          {poolId}
          <small>
            {CONNECTORS.find(({ id }) => id === connector)?.name ?? connector} · {REGION_NAMES[region] ?? region}
          </small>
        </dd>
        <dt>Connection</dt>
        <dd>{connectionOf(dataflow)}</dd>
        {tags.length > 0 && (
          <>
            <dt>Tags</dt>
            <dd class="tags">
              {tags.map((tag) => (
                <a key={tag} href={addressWith('/', { tag })}>
                  {tag}
                </a>
              ))}
            </dd>
          </>
        )}
        <dt>Snapshots</dt>
        <dd>The last {grouped(keepSnapshots)} are kept</dd>
        <dt>Guard</dt>
        <dd>{guardOf(dataflow)}</dd>
        <dt>Patience</dt>
        <dd>{patienceOf(dataflow)}</dd>
        <dt>Created</dt>
        <dd>
          <When at={dataflow.createdAt} around={around} />
        </dd>
        <dt>Updated</dt>
        <dd>
          <When at={dataflow.updatedAt} around={around} />
        </dd>
      </dl>
    </section>
  )
}

function connectionOf({ credentials }: Dataflow): string {
  if (credentials.kind === 'role') return `Role ${credentials.roleArn}`
  if (credentials.kind === 'ambient') return 'Credentials from the environment of the workers'
  return `Access key ${credentials.accessKeyId}`
}

function guardOf({ maxRemovedPercent, maxRemovedRows }: Dataflow): string {
  if (maxRemovedPercent === null) return 'Off: whatever an import removes is published'
  return `Holds an import that removes more than ${maxRemovedPercent} % and more than ${counted(maxRemovedRows, 'row')} of a table`
}

function patienceOf({ timeoutMinutes, noProgressMinutes }: Dataflow): string {
  return `A run fails after ${span(timeoutMinutes)}, or ${span(noProgressMinutes)} without progress`
}
