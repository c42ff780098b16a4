import { expect, vi } from 'vitest'
import type { Line } from '../support/line.ts'
import type { RunningCommand } from '../support/processes.ts'
import { SOON } from '../support/watching.ts'

export type Crew = { readonly name: 'scheduler' | 'worker'; process: RunningCommand }[]

/**
 * Starts the processes and waits until they are at work.
 * @param variables of their environment, where it is to be otherwise than the line's
 */
export async function hire(
  line: Line,
  names: readonly ('scheduler' | 'worker')[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Crew> {
  const crew = names.map((name) => ({ name, process: line.startWith(variables, name) }))
  await vi.waitFor(() => crew.map(({ process, name }) => expect(process.output()).toContain(`${name} is up`)), SOON)
  return crew
}

/** The most lines of warnings and errors that one of them has written. */
export function mostComplaints(crew: Crew): number {
  return Math.max(...crew.map(({ process }) => process.output().match(/^\{"level":[456]0/gm)?.length ?? 0))
}
