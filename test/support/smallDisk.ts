import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { appendFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished } from 'vitest'
import { type Account, postgresAccount } from '../../src/embedded/account.ts'

/** A disk of a few megabytes. */
export interface SmallDisk {
  readonly folder: string
  /** Leaves no space. */
  fill(): Promise<void>
  /** Takes away what fills it. */
  makeSpace(): Promise<void>
}

/** Whether this account may mount one: root may, outside of most containers. */
export function mayMount(): boolean {
  const folder = makeFolder()
  const { status } = spawnSync('mount', mountArguments(folder, 1))
  if (status === 0) spawnSync('umount', [folder])
  rmdirSync(folder)
  return status === 0
}

/** Mounts one that Postgres may write to; whoever writes to it has to have stopped when the test ends. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = makeFolder()
  await promisify(execFile)('mount', mountArguments(folder, megabytes))
  onTestFinished(async () => {
    await promisify(execFile)('umount', [folder])
    rmdirSync(folder)
  })
  const filling = join(folder, 'filling')
  return {
    folder,
    fill: () => expect(appendFile(filling, Buffer.alloc(megabytes * 2 ** 20))).rejects.toThrow('ENOSPC'),
    makeSpace: () => rm(filling),
  }
}

const makeFolder = () => mkdtempSync(join(tmpdir(), 'poolkeeper-disk-'))

function mountArguments(folder: string, megabytes: number): string[] {
  const { uid, gid }: Account = postgresAccount() ?? { uid: 0, gid: 0 }
  return ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700,uid=${uid},gid=${gid}`, 'tmpfs', folder]
}
