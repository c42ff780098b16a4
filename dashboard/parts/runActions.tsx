import { mayAct } from '../../src/access/caller.ts'
import type { Output } from '../../src/api/contract.ts'
import { isActive } from '../../src/run/states.ts'
import type { Surroundings } from '../surroundings.ts'
import { Action } from './action.tsx'
import { Confirm } from './confirm.tsx'
import { counted, grouped } from './text.ts'

type Run = Pick<Output<'showRun'>, 'run' | 'dataflow' | 'state' | 'tables'>

interface RunActionsProps {
  readonly run: Run
  readonly around: Pick<Surroundings, 'csrf' | 'role'>
}

/** What somebody may decide about a run as it stands: cancel it, approve or discard it, or try it again. */
export function RunActions({ run, around }: RunActionsProps) {
  const { state } = run
  if (!mayAct(around.role, 'operator')) return null
  if (isActive(state)) return <Cancel run={run} around={around} />
  if (state === 'held') return <Decide run={run} around={around} />
  if (state !== 'failed' && state !== 'cancelled') return null
  return <Action name="Retry" to={`/runs/${run.run}/retry`} around={around} kind="main" />
}

function Cancel({ run: { run, dataflow, tables }, around }: RunActionsProps) {
  return (
    <Confirm
      id="cancel"
      name="Cancel run"
      title={`Cancel run ${run}: drop the ${counted(total(tables, 'rows'), 'row')} that it has read?`}
      otherwise="Let it go on"
      to={`/runs/${run}/cancel`}
      around={around}
      kind="danger"
    >
      What is published of {dataflow} stays as it is. Its workers stop within seconds.
    </Confirm>
  )
}

function Decide({ run: { run, dataflow, tables }, around }: RunActionsProps) {
  return (
    <>
      <Confirm
        id="approve"
        name="Approve"
        title={`Publish run ${run}: ${changesOf(tables)}?`}
        otherwise="Not now"
        to={`/runs/${run}/approve`}
        around={around}
        kind="main"
      >
        Readers of {dataflow} see it at once. What they see now is kept: you can roll back to it.
      </Confirm>
      <Confirm
        id="discard"
        name="Discard"
        title={`Discard run ${run}: drop its ${counted(total(tables, 'rows'), 'row')}?`}
        otherwise="Not now"
        to={`/runs/${run}/discard`}
        around={around}
        kind="danger"
      >
        Readers of {dataflow} go on seeing what they see now. The run can't be published after that.
      </Confirm>
    </>
  )
}

/** "41,220 rows removed, 12 added, 3 changed" */
export function changesOf(tables: Run['tables']): string {
  const [removed, added, changed] = [total(tables, 'removed'), total(tables, 'added'), total(tables, 'changed')]
  if (removed + added + changed === 0) return 'nothing changes'
  return `${counted(removed, 'row')} removed, ${grouped(added)} added, ${grouped(changed)} changed`
}

function total(tables: Run['tables'], figure: 'rows' | 'added' | 'removed' | 'changed'): number {
  return tables.reduce((sum, table) => sum + table[figure], 0)
}
