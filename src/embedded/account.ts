import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Postgres refuses to run as root, so root lends it the account that owns nothing on any Unix. */
const NOBODY: Account = { uid: 65534, gid: 65534 }

/** The account for Postgres's processes and files; undefined where it is the one that we run under ourselves. */
export function postgresAccount(): Account | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined
}

/** Whether any account may go to this path: root's home is 0700, and everything below it out of Postgres's reach. */
export async function openToAll(path: string): Promise<boolean> {
  if (((await stat(path)).mode & 0o001) === 0) return false
  const parent = dirname(path)
  return parent === path || openToAll(parent)
}
