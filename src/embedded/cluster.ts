import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AskError, errorCode } from '../errors.ts'
import { openToAll, postgresAccount } from './account.ts'
import { openSharedFolder, SHARED_FOLDER } from './binaries.ts'

/** Postgres's files: its data directory and the password of its only role, `poolkeeper`. */
export interface Cluster {
  /** Where they really are: the data folder's `postgres`, or what that links to. */
  readonly folder: string
  readonly data: string
  readonly password: string
}

/**
 * Finds the data folder's Postgres cluster, or makes one (0.5 s).
 * @param durable false skips the flush to disk.
 */
export async function openCluster(
  dataFolder: string,
  binaries: string,
  { durable }: { durable: boolean },
): Promise<Cluster> {
  const link = join(dataFolder, 'postgres')
  const folder = (await resolved(link)) ?? (await makeFolder(dataFolder, link))
  const data = join(folder, 'data')
  if (!(await resolved(data))) await initialise(folder, data, binaries, durable)
  return { folder, data, password: await readFile(join(folder, 'password'), 'utf8') }
}

async function resolved(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Under a closed home Postgres's account can't get to the data folder, so its files live in the shared folder and the
 * data folder links to them: removing the data folder begins afresh, moving it keeps the data.
 */
async function makeFolder(dataFolder: string, link: string): Promise<string> {
  await rm(link, { force: true })
  if (!postgresAccount() || (await openToAll(dataFolder))) {
    await mkdir(link, { mode: 0o700 })
    await giveToPostgres(link)
    return realpath(link)
  }
  await openSharedFolder()
  const folder = await mkdtemp(join(SHARED_FOLDER, 'data-'))
  await giveToPostgres(folder)
  await symlink(folder, link)
  return folder
}

/** Made under another name first: an interrupted initdb leaves half a cluster, which must never be taken for a whole one. */
async function initialise(folder: string, data: string, binaries: string, durable: boolean): Promise<void> {
  const password = join(folder, 'password')
  const unfinished = `${data}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 })
  await giveToPostgres(password)
  await runInitdb(binaries, [
    `--pgdata=${unfinished}`,
    `--pwfile=${password}`,
    '--username=poolkeeper',
    '--auth=scram-sha-256',
    // Without them the cluster takes the terminal's locale, and without LANG it becomes SQL_ASCII.
    '--encoding=UTF8',
    '--locale=C',
    ...(durable ? [] : ['--no-sync']),
  ])
  await rename(unfinished, data)
}

async function runInitdb(binaries: string, options: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(join(binaries, 'bin', 'initdb'), options, { cwd: '/', env: {}, ...postgresAccount() })
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
    throw new AskError(
      'bad-configuration',
      `The embedded Postgres could not be set up: ${stderr || errorCode(cause)}.`,
      'Mend that, or set DATABASE_URL and REDIS_URL to servers of your own.',
      { cause },
    )
  }
}

async function giveToPostgres(path: string): Promise<void> {
  const account = postgresAccount()
  if (account) await chown(path, account.uid, account.gid)
}
