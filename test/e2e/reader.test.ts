import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test } from 'vitest'
import { findDataflow } from '../../src/dataflow/dataflow.ts'
import { rollback } from '../../src/snapshot/rollback.ts'
import { openReader, subOf } from '../support/expected.ts'
import { fingerprint, look, NOTHING } from '../support/fingerprint.ts'
import { createLine, type Line } from '../support/line.ts'

test('whoever reads all through runs and rollbacks always sees one whole snapshot, of all tables', async () => {
  const line = await createLine({ users: 120, groups: 4 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Watched', maxRemovedPercent: null })
  const watch = startWatching(line, 'watched')
  const whole = [NOTHING]
  for (const version of [1, 2, 3]) {
    becomeVersion(line, version)
    expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
    whole.push(fingerprint(line.sandbox))
  }
  for (const to of [1, 3, 2]) await rollback(line.db, { dataflow, to, by: 'the test', keepSchedule: false })
  const seen = await watch.stop()
  expect(new Set(whole).size).toBe(4)
  expect([...new Set(seen)].toSorted()).toEqual(whole.toSorted())
  expect(seen.at(-1)).toBe(whole[2])
  expect(seen.length).toBeGreaterThan(100)
  // the columns of the first run were added in spite of all the looking, at the first try
  expect(await line.db.execute(sql`select max(epoch) as claims from poolkeeper.tasks where kind = 'plan'`)).toEqual([
    { claims: 1 },
  ])
})

test('a rollback goes back and forward among the kept runs, and pauses the schedule so that it stays', async () => {
  const line = await createLine({ users: 40, groups: 2 })
  await line.startHere()
  const schedule = { schedule: '30 2 * * *', timezone: 'Europe/Berlin', maxRemovedPercent: null }
  const dataflow = await line.createDataflow({ name: 'Rolled', ...schedule })
  const versions = [NOTHING]
  for (const version of [1, 2]) {
    becomeVersion(line, version)
    await line.run(dataflow)
    versions.push(fingerprint(line.sandbox))
  }
  const reader = openReader(line.databaseUrl)

  const back = await rollbackCommand(line, 'Rolled')
  expect(back).toMatch(/shows run 1 again.*schedule is paused.*--resume/s)
  expect(await look(reader, 'rolled')).toBe(versions[1])
  expect(await findDataflow(line.db, 'Rolled')).toMatchObject({ pauseReason: 'rolled back to run 1' })

  await line.command('dataflow', 'edit', 'Rolled', '--resume')
  const forward = await rollbackCommand(line, 'Rolled', '--to', '2', '--keep-schedule')
  expect(forward).not.toContain('paused')
  expect(await look(reader, 'rolled')).toBe(versions[2])
  expect(await findDataflow(line.db, 'Rolled')).toMatchObject({ pausedAt: null })

  const { code, stderr } = await line.command('rollback', 'Rolled', '--to', '7')
  expect(code).toBe(3)
  expect(stderr).toMatch(/^poolkeeper: Rolled can't be rolled back: run 7 has no snapshot that is kept.*\n$/)
})

/** Every version differs in its users, in what they are called, and in who is in which group. */
function becomeVersion({ sandbox }: Line, version: number): void {
  for (const user of [...sandbox.users()]) {
    sandbox.changeUser(subOf(user) ?? '', { attributes: { nickname: `version ${version}` } })
  }
  for (let more = 0; more < version; more++) sandbox.addUser({ groups: ['admins'] })
}

/** Looks again and again, every few milliseconds, until it is stopped. */
function startWatching(line: Line, schema: string) {
  const reader = openReader(line.databaseUrl)
  const seen: string[] = []
  let watching = true
  const watch = (async () => {
    while (watching) {
      seen.push(await look(reader, schema))
      await pause(3)
    }
  })()
  const stop = async () => {
    watching = false
    await watch
    seen.push(await look(reader, schema))
    return seen
  }
  onTestFinished(async () => {
    watching = false
    await watch
  })
  return { stop }
}

/** Rolls back by the command line. @returns what it said */
async function rollbackCommand(line: Line, ...args: string[]): Promise<string> {
  const { code, stderr } = await line.command('rollback', ...args)
  expect(code, stderr).toBe(0)
  return stderr
}
