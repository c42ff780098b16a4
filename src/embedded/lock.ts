import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../errors.ts'
import { commandOf } from './processes.ts'

const path = (data: string) => join(data, 'postmaster.pid')

/** The process that holds a Postgres data directory, by the lock file's word; undefined without one. */
export async function lockHolder(data: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(path(data), 'utf8'), 10)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Removes the lock file of a server that was killed when its process id belongs to another program by now, as it does
 * after each restart of a container: Postgres would refuse to start for as long as that program runs. Only where /proc
 * shows what the program is; elsewhere Postgres's own judgement stands.
 */
export async function removeStaleLock(data: string): Promise<void> {
  const holder = await lockHolder(data)
  if (holder === undefined) return
  const program = await commandOf(holder)
  if (program !== undefined && !program.includes('postgres')) await rm(path(data))
}
