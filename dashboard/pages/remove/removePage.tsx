import type { Output } from '../../../src/api/contract.ts'
import type { AskError } from '../../../src/errors.ts'
import { ACTIVE_STATES } from '../../../src/run/states.ts'
import { ChangeForm } from '../../parts/changeForm.tsx'
import { TextField } from '../../parts/field.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import { Problems, problemOf } from '../../parts/problems.tsx'
import { counted, grouped, size } from '../../parts/text.ts'
import type { Surroundings } from '../../surroundings.ts'
import { type Typed, textIn } from '../../typed.ts'
import { Layout } from '../layout.tsx'

type Table = Output<'showDatabase'>['tables'][number]

/** Runs that removing ends. */
const OPEN: readonly string[] = [...ACTIVE_STATES, 'held']

interface RemovePageProps {
  readonly dataflow: Output<'showDataflow'>
  readonly goes: {
    readonly tables: readonly Table[]
    readonly snapshots: Output<'listSnapshots'>['items']
    readonly readers: Output<'listReaders'>['items']
  }
  readonly typed: Typed
  readonly problem: AskError | undefined
  readonly around: Surroundings
}

/** What goes with a dataflow, before it goes for good. */
export function RemovePage({ dataflow, goes, typed, problem, around }: RemovePageProps) {
  const { name, schema, version, lastRun } = dataflow
  const { tables, snapshots, readers } = goes
  const address = `/dataflows/${name}`
  const title = `Remove ${name} and its ${counted(tables.length, 'table')}?`
  const underWay = lastRun && OPEN.includes(lastRun.state)
  return (
    <Layout title={problem ? `Error: ${title}` : title} current="Dataflows" around={around}>
      <PageHead
        title={title}
        crumbs={[
          { name: 'Dataflows', href: '/' },
          { name, href: address },
        ]}
      />
      <Problems problem={problem} />
      <p>This can’t be undone. What goes:</p>
      <Tables schema={schema} tables={tables} />
      <ul>
        {snapshots.length > 0 && (
          <li>
            {counted(snapshots.length, 'snapshot')} of them (
            {size(snapshots.reduce((sum, { bytes }) => sum + bytes, 0))}
            ), so there is nothing to roll back to
          </li>
        )}
        <li>
          the schemas {schema} and {schema}_snapshots, with what others were granted on them
        </li>
        {readers.length > 0 && (
          <li>
            {counted(readers.length, 'role')} of Postgres that read them, and whoever is connected as one:{' '}
            {readers.map(({ role }) => role).join(', ')}
          </li>
        )}
        <li>the stored credentials</li>
        {underWay && (
          <li>
            <a href={`/runs/${lastRun.id}`}>Run {lastRun.id}</a>, which is {lastRun.state}: it ends as cancelled
          </li>
        )}
      </ul>
      <p>Its run history and the audit log stay. In Cognito nothing changes.</p>
      <ChangeForm action={`${address}/remove`} csrf={around.csrf}>
        <input type="hidden" name="version" value={String(version)} />
        <TextField
          label={`Type ${name} to remove it`}
          name="confirm"
          value={textIn(typed, 'confirm')}
          problem={problemOf(problem, 'confirm')}
          autocomplete="off"
        />
        <div class="actions">
          <button type="submit" class="danger">
            Delete
          </button>
          <a class="button" href={address}>
            Cancel
          </a>
        </div>
      </ChangeForm>
    </Layout>
  )
}

function Tables({ schema, tables }: { readonly schema: string; readonly tables: readonly Table[] }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Table</th>
          <th scope="col">Purpose</th>
          <th scope="col" class="number">
            Rows
          </th>
        </tr>
      </thead>
      <tbody>
        {tables.map(({ table, purpose, rows }) => (
          <tr key={table}>
            <th scope="row">
              {schema}.{table}
            </th>
            <td data-label="Purpose">{purpose ?? 'Privacy catalogue'}</td>
            <td data-label="Rows" class="number">
              {rows === null ? 'none yet' : grouped(rows)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
