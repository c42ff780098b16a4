import { mayAct } from '../../src/access/caller.ts'
import type { Output } from '../../src/api/contract.ts'
import type { Surroundings } from '../surroundings.ts'
import { Action } from './action.tsx'
import { Menu } from './menu.tsx'

interface DataflowMenuProps {
  readonly dataflow: Pick<
    Output<'showDataflow'>,
    'id' | 'name' | 'status' | 'lastRun' | 'schedule' | 'pausedAt' | 'refreshedAt'
  >
  /** Which of its menus on the page it is, where a dataflow stands there more than once. */
  readonly place?: number
  readonly around: Pick<Surroundings, 'csrf' | 'role'>
}

/** What may be done with a dataflow as it stands, by whoever looks. */
export function DataflowMenu({ dataflow, place = 0, around }: DataflowMenuProps) {
  const { id, name, status, lastRun, schedule, pausedAt, refreshedAt } = dataflow
  const active = status === 'running' || status === 'queued'
  const [operates, administers] = [mayAct(around.role, 'operator'), mayAct(around.role, 'admin')]
  const at = `/dataflows/${name}`
  return (
    <Menu id={`menu-${id}-${place}`} label={`Actions of ${name}`}>
      {administers && <a href={`${at}/edit`}>Edit</a>}
      {operates && !active && <Action name="Run" to={`${at}/run`} around={around} />}
      {operates && active && lastRun && <Action name="Cancel" to={`/runs/${lastRun.id}/cancel`} around={around} />}
      {operates && refreshedAt && <a href={`${at}/rollback`}>Rollback</a>}
      {administers && pausedAt && <Action name="Resume" to={`${at}/resume`} around={around} />}
      {administers && !pausedAt && schedule && <Action name="Pause" to={`${at}/pause`} around={around} />}
      <a href={`${at}/runs`}>Run History</a>
      {administers && (
        <a class="danger" href={`${at}/remove`}>
          Remove
        </a>
      )}
    </Menu>
  )
}
