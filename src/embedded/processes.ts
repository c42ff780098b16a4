import { readFile } from 'node:fs/promises'
import { errorCode } from '../errors.ts'

/** Whether a process runs, be it another account's. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** A process's command line, its words apart by NUL; undefined if it does not run, or the system has no /proc. */
export function commandOf(pid: number): Promise<string | undefined> {
  return procFile(pid, 'cmdline')
}

export async function parentOf(pid: number): Promise<number | undefined> {
  const status = await procFile(pid, 'status')
  return Number(status?.match(/^PPid:\s*(\d+)/m)?.[1]) || undefined
}

async function procFile(pid: number, name: string): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/${name}`, 'utf8')
  } catch (error) {
    // ESRCH: it ended between our opening the file and reading it.
    if (['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) return undefined
    throw error
  }
}
