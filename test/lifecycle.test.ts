import { expect, test } from 'vitest'
import { startProcess } from './support/processes.ts'

const addressOf = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)

/** Whoever is told by a signal while it starts; without anybody listening the signal ends the process. */
const TOLD_WHILE_IT_STARTS = `
  import { runUntilStopped } from ${addressOf('../src/lifecycle.ts')}
  import { createLogger } from ${addressOf('../src/logger.ts')}
  const say = (word) => async () => console.error(word)
  await runUntilStopped(async () => {
    process.kill(process.pid, 'SIGTERM')
    await new Promise((started) => setTimeout(started, 100))
    return { quiet: say('quiet'), stop: say('stop') }
  }, createLogger('test', 'silent'))`

test('a process that is told to stop while it starts comes up, and then stops in order', async () => {
  const script = ['--import', 'tsx', '--input-type=module', '-e', TOLD_WHILE_IT_STARTS]
  const { code, stderr } = await startProcess(script, {}).finished
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'quiet\nstop\n' })
})
