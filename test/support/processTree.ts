import { readdir } from 'node:fs/promises'
import { commandOf, parentOf } from '../../src/embedded/processes.ts'

export interface RunningProcess {
  readonly pid: number
  /** Its command line; NUL stands between two words. */
  readonly command: string
}

/** Every process below this one. */
export async function descendantsOf(pid: number): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Boolean)
  const parents = new Map(await Promise.all(pids.map(async (child) => [child, await parentOf(child)] as const)))
  const below = (child: number | undefined): boolean => {
    const parent = child && parents.get(child)
    return parent === pid || (parent !== undefined && parent !== 0 && below(parent))
  }
  const found = pids.filter(below)
  return Promise.all(found.map(async (child) => ({ pid: child, command: (await commandOf(child)) ?? '' })))
}
