import { once } from 'node:events'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { errorCode } from '../errors.ts'
import { isAlive } from './processes.ts'

/** What the data folder's `services.json` says of the embedded services that run there. */
export interface Announcement {
  /** Who started them. */
  readonly pid: number
  readonly databaseUrl: string
  readonly redisUrl: string
  /** Where Postgres's files are; under root's closed home that is not the data folder. */
  readonly postgresFolder: string
  /** The sandbox, where `npm start` runs one. */
  readonly cognitoEndpoint?: string
}

const path = (dataFolder: string) => join(dataFolder, 'services.json')

/** Writes it down for other terminals, for this account's eyes only: it holds passwords. */
export async function announce(dataFolder: string, announcement: Announcement): Promise<void> {
  const unfinished = `${path(dataFolder)}.${process.pid}`
  await writeFile(unfinished, `${JSON.stringify(announcement, null, 2)}\n`, { mode: 0o600 })
  await rename(unfinished, path(dataFolder))
}

export async function withdraw(dataFolder: string): Promise<void> {
  await rm(path(dataFolder), { force: true })
}

/**
 * The services that run on a data folder right now. Neither sign of life is enough alone: a process id soon belongs to
 * another program (in a container at each start), and a port to another server.
 */
export async function findServices(dataFolder: string): Promise<Announcement | undefined> {
  const announcement = await read(dataFolder)
  if (!announcement || !isAlive(announcement.pid)) return undefined
  return (await isListening(announcement.databaseUrl)) ? announcement : undefined
}

async function read(dataFolder: string): Promise<Announcement | undefined> {
  try {
    return JSON.parse(await readFile(path(dataFolder), 'utf8'))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

async function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    if (errorCode(error) === 'ECONNREFUSED') return false
    throw error
  } finally {
    socket.destroy()
  }
}
