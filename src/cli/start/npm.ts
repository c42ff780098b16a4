import { commandOf, isAlive, parentOf } from '../../embedded/processes.ts'

const EVERY_MS = 500

/**
 * Resolves when the npm that runs us (`npm start`: npm, sh, node) has died without a word. A kill -9 of npm reaches
 * neither its shell nor us, and a person who did that believes that everything has ended. Never resolves where no npm
 * runs us, or where there is no /proc to find it in.
 */
export async function npmGone(): Promise<string> {
  const npm = await npmAbove(process.ppid)
  return new Promise((resolve) => {
    if (npm === undefined) return
    const watch = setInterval(() => {
      if (isAlive(npm)) return
      clearInterval(watch)
      resolve('npm is gone')
    }, EVERY_MS)
    watch.unref()
  })
}

/** npm writes its name over its command line; between it and us stands the shell that runs the script. */
async function npmAbove(parent: number): Promise<number | undefined> {
  for (const pid of [parent, await parentOf(parent)]) {
    if (pid && (await commandOf(pid))?.startsWith('npm')) return pid
  }
  return undefined
}
