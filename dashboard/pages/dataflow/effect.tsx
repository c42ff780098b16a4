import type { Output } from '../../../src/api/contract.ts'
import type { AskError } from '../../../src/errors.ts'
import { addressWith } from '../../address.ts'
import { ChangeForm } from '../../parts/changeForm.tsx'
import { counted, exact, grouped } from '../../parts/text.ts'
import type { Surroundings } from '../../surroundings.ts'
import type { Dataflow } from './dataflowPage.tsx'

type Diff = Output<'diffSnapshots'>

/** How two snapshots differ, or why that could not be found out. */
export type Compared = Diff | AskError

interface EffectProps {
  readonly dataflow: Dataflow
  /** What readers see. */
  readonly from: number
  readonly to: number
  readonly compared: Compared | undefined
  readonly around: Surroundings
}

/**
 * What a rollback comes to, and the button for it. Comparing large snapshots takes seconds: the page is there at once and
 * this part asks for itself again, compared; a link does so without scripts. Whoever is in a hurry need not wait for it.
 */
export function Effect({ dataflow, from, to, compared, around }: EffectProps) {
  const address = addressWith(`/dataflows/${dataflow.name}/rollback`, { to: String(to), compared: 'true' })
  const asks = compared === undefined && {
    'hx-get': address,
    'hx-trigger': 'load',
    'hx-select': '#effect',
    'hx-swap': 'outerMorph',
  }
  const diff = compared && 'tables' in compared ? compared : undefined
  return (
    <section id="effect" aria-labelledby="effect-title" {...asks}>
      <h2 id="effect-title" aria-live="polite">
        {diff ? `Roll back to run ${to}: ${effectOf(diff)}?` : `Roll back from run ${from} to run ${to}?`}
      </h2>
      <div class="panel">
        {diff ? (
          <Changes diff={diff} />
        ) : (
          <NotCompared address={address} problem={compared as AskError | undefined} from={from} to={to} />
        )}
        <p>
          Readers of <code>{dataflow.schema}.*</code> see run {to} at once, in all tables together. Nothing is deleted;
          you can come forward again.
        </p>
        <ChangeForm action={`/dataflows/${dataflow.name}/rollback`} csrf={around.csrf}>
          <input type="hidden" name="from" value={String(from)} />
          <input type="hidden" name="to" value={String(to)} />
          <PauseTick dataflow={dataflow} around={around} />
          <div class="actions">
            <button type="submit" class="main">
              {diff ? `Roll back to run ${to}: ${effectOf(diff)}` : `Roll back to run ${to}`}
            </button>
            <a class="button" href={`/dataflows/${dataflow.name}`}>
              Cancel
            </a>
          </div>
        </ChangeForm>
      </div>
    </section>
  )
}

interface NotComparedProps {
  readonly address: string
  readonly problem: AskError | undefined
  readonly from: number
  readonly to: number
}

function NotCompared({ address, problem, from, to }: NotComparedProps) {
  if (problem) {
    return (
      <p class="problem">
        {problem.description} <a href={address}>Compare again</a>
      </p>
    )
  }
  return (
    <p class="quiet">
      Comparing run {from} with run {to}: large tables take some seconds. <a href={address}>Compare now</a>
    </p>
  )
}

function Changes({ diff: { tables } }: { readonly diff: Diff }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Table</th>
          <th scope="col" class="number">
            Rows then
          </th>
          <th scope="col" class="number">
            Come back
          </th>
          <th scope="col" class="number">
            Leave
          </th>
          <th scope="col" class="number">
            Change
          </th>
          <th scope="col">Columns that change</th>
        </tr>
      </thead>
      <tbody>
        {tables.map(({ table, rows, added, removed, changed, columns }) => (
          <tr key={table}>
            <th scope="row">{table}</th>
            <td data-label="Rows then" class="number">
              {grouped(rows)}
            </td>
            <td data-label="Come back" class={`number ${added ? 'added' : ''}`}>
              {grouped(added)}
            </td>
            <td data-label="Leave" class={`number ${removed ? 'removed' : ''}`}>
              {grouped(removed)}
            </td>
            <td data-label="Change" class={`number ${changed ? 'changed' : ''}`}>
              {grouped(changed)}
            </td>
            <td data-label="Columns">
              <Columns columns={columns} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Columns({ columns }: Pick<Diff['tables'][number], 'columns'>) {
  if (columns.length === 0) return <span class="quiet">–</span>
  return (
    <ul class="differing">
      {columns.map(({ column, changed }) => (
        <li key={column}>
          <code>{column}</code> {grouped(changed)}
        </li>
      ))}
    </ul>
  )
}

/** "412 users come back, 3 leave, 1,204 change": of the users, where there are such; else of all rows. */
function effectOf({ tables }: Pick<Diff, 'tables'>): string {
  const users = tables.find(({ table }) => table === 'users')
  const counts = users ? [users] : tables
  const sum = (figure: 'added' | 'removed' | 'changed') => counts.reduce((total, table) => total + table[figure], 0)
  const effects = [
    { count: sum('added'), one: 'comes back', many: 'come back' },
    { count: sum('removed'), one: 'leaves', many: 'leave' },
    { count: sum('changed'), one: 'changes', many: 'change' },
  ].filter(({ count }) => count > 0)
  const noun = users ? 'user' : 'row'
  if (effects.length === 0) return `no ${noun} changes`
  return effects
    .map(
      ({ count, one, many }, at) => `${at === 0 ? counted(count, noun) : grouped(count)} ${count === 1 ? one : many}`,
    )
    .join(', ')
}

/** Ticked: else the next run would undo the rollback without anybody noticing. */
function PauseTick({ dataflow, around }: Pick<EffectProps, 'dataflow' | 'around'>) {
  const { schedule, pausedAt, nextRunAt, timezone } = dataflow
  if (schedule === null || nextRunAt === null) return null
  if (pausedAt !== null) return <p class="quiet">The schedule is paused already, so no run undoes this by itself.</p>
  return (
    <label class="tick">
      <input id="pause" type="checkbox" name="pause" value="true" checked />
      <span>
        Pause the schedule, so that the run at {exact(new Date(nextRunAt), around.now, timezone)} doesn’t undo this
      </span>
    </label>
  )
}
