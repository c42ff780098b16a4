import { expect, vi } from 'vitest'
import { isAlive } from '../../src/embedded/processes.ts'
import type { RunningProcess } from './processTree.ts'

/** Waits until none of them runs any more. */
export function expectAllGone(processes: readonly RunningProcess[], timeoutMs: number): Promise<void> {
  return vi.waitFor(() => expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([]), {
    timeout: timeoutMs,
    interval: 50,
  })
}
