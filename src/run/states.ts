import type { RunState } from '../db/schema/runs.ts'

/** All that can happen to a run. What is not listed can't: every change of state is checked against this table. */
export const TRANSITIONS: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['planning', 'failed', 'cancelled'],
  planning: ['streaming', 'failed', 'cancelled'],
  streaming: ['publishing', 'failed', 'cancelled'],
  // back to streaming: the shards did not add up, or the users are known now and are asked for one by one
  publishing: ['succeeded', 'held', 'streaming', 'failed', 'cancelled'],
  held: ['succeeded', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
  skipped: [],
}

const STATES = Object.keys(TRANSITIONS) as RunState[]

/** The states from which `to` can be reached. */
export function statesBefore(to: RunState): RunState[] {
  return STATES.filter((state) => TRANSITIONS[state].includes(to))
}

/** Whether a run is still under way. A held one is not: it waits for a person, and the next run may start. */
export function isActive(state: RunState): boolean {
  return TRANSITIONS[state].includes('failed')
}

export const ACTIVE_STATES: readonly RunState[] = STATES.filter(isActive)
