import { sql } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import type { CreateInput } from '../../src/dataflow/input.ts'
import { retryRun } from '../../src/run/decide.ts'
import { rollback } from '../../src/snapshot/rollback.ts'
import { openReader, type PublishedRow, sortByKey, subOf } from '../support/expected.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectExactlyOnce, SOON } from '../support/watching.ts'

type Tables = NonNullable<CreateInput['tables']>

const USERS = { source: 'users', purpose: 'All' } as const
const EVENTS = { source: 'user_auth_events', purpose: 'All' } as const

const NOTHING_KEPT = 'user_auth_events is empty: this pool keeps no such data, because threat protection is off.'

/** Opt-in tables beside the users, with everybody within a run's budget unless the test says otherwise. */
const withUsers = (...tables: Tables) => ({ tables: [USERS, ...tables], acceptCosts: true })
const mfa = (budget?: number) => ({ source: 'user_mfa', purpose: 'All', ...(budget && { budget }) }) as const

const subs = ({ sandbox }: Line) => [...sandbox.users()].map((user) => subOf(user) ?? '')

async function read({ databaseUrl }: Line, view: string, ...key: string[]): Promise<PublishedRow[]> {
  const reader = openReader(databaseUrl)
  return sortByKey([...(await reader<PublishedRow[]>`select * from ${reader(view)}`)], key)
}

/** The rows without the moment at which they were read. */
const undated = (rows: readonly PublishedRow[]) => rows.map(({ read_at: _, ...row }) => row)

const readSince = (rows: readonly PublishedRow[], since: Date) =>
  rows.filter(({ read_at }) => (read_at as Date) >= since).map(({ sub }) => sub)

function expectedMfa({ sandbox }: Line, sub: string) {
  const { PreferredMfaSetting = null, UserMFASettingList = null } = sandbox.pool.mfaOf(sub)
  const username = sandbox.pool.userAt(sub).Username
  return {
    sub,
    username,
    preferred_mfa_setting: PreferredMfaSetting,
    mfa_settings: UserMFASettingList,
    raw_values: null,
  }
}

/** In the order in which they are asked for. */
function byLastChange({ sandbox }: Line): string[] {
  const users = [...sandbox.users()].map((user) => ({ sub: subOf(user) ?? '', at: +user.UserLastModifiedDate }))
  return users.sort((a, b) => a.at - b.at || (a.sub < b.sub ? -1 : 1)).map(({ sub }) => sub)
}

describe('a table that is asked for user by user', () => {
  test('sees everybody within a few runs, and is whole after each: who was not asked keeps their row', async () => {
    const line = await createLine({ users: 50, groups: 0, seed: 51 })
    await line.startHere()
    const dataflow = await line.createDataflow({ name: 'Slowly', ...withUsers(mfa(20)) })
    const order = byLastChange(line)
    const seen: PublishedRow[][] = []
    for (const asked of [order.slice(0, 20), order.slice(20, 40), [...order.slice(40), ...order.slice(0, 10)]]) {
      const before = new Date()
      expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0 })
      const rows = await read(line, 'slowly.user_mfa', 'sub')
      expect(readSince(rows, before).toSorted()).toEqual(asked.toSorted())
      seen.push(rows)
    }
    expect(seen.map(({ length }) => length)).toEqual([20, 40, 50])
    for (const rows of seen) {
      expect(undated(rows)).toEqual(rows.map(({ sub }) => expectedMfa(line, String(sub))))
    }
    expect(line.sandbox.requests.operations.AdminGetUser).toBe(60)
    expect([...line.sandbox.billedUsers].toSorted()).toEqual(subs(line).toSorted())
  })

  test('follows whoever changes, comes and goes', async () => {
    const line = await createLine({ users: 40, groups: 0, seed: 52 })
    await line.startHere()
    const dataflow = await line.createDataflow({ name: 'Moving', ...withUsers(mfa(30)) })
    await line.run(dataflow)
    const [first = '', second = '', third = ''] = byLastChange(line)
    line.sandbox.deleteUser(first)
    line.sandbox.changeUser(second, { attributes: { phone_number: null, name: 'Renamed' } })
    line.sandbox.changeUser(third, { username: 'renamed' })
    const come = subOf(line.sandbox.addUser()) ?? ''
    const before = new Date()
    await line.run(dataflow)
    const rows = await read(line, 'moving.user_mfa', 'sub')
    expect(undated(rows)).toEqual(
      subs(line)
        .toSorted()
        .map((sub) => expectedMfa(line, sub)),
    )
    const again = readSince(rows, before)
    expect(again).toEqual(expect.arrayContaining([second, third, come]))
    expect(again).toHaveLength(30)
  })

  test('goes back with a rollback: the next run asks those again whose rows were taken back', async () => {
    const line = await createLine({ users: 30, groups: 0, seed: 53 })
    await line.startHere()
    const dataflow = await line.createDataflow({ name: 'Back', ...withUsers(mfa(10)) })
    const first = await line.run(dataflow)
    await line.run(dataflow)
    await rollback(line.db, { dataflow, to: first.run, by: 'ada', keepSchedule: true })
    expect(await read(line, 'back.user_mfa', 'sub')).toHaveLength(10)
    const before = new Date()
    await line.run(dataflow)
    const rows = await read(line, 'back.user_mfa', 'sub')
    expect(readSince(rows, before).toSorted()).toEqual(byLastChange(line).slice(10, 20).toSorted())
    expect(rows).toHaveLength(20)
    expect(line.sandbox.billedUsers.size).toBe(20)
  })

  test('asks nobody twice whose page was committed, though its worker is killed with -9 in the middle', async () => {
    const line = await createLine({ users: 300, groups: 0, latencyMs: 60, seed: 54 })
    const dataflow = await line.createDataflow({ name: 'Killed', ...withUsers(mfa()) })
    await line.startHere(['scheduler'])
    const worker = line.start('worker')
    const run = await line.request(dataflow)
    await vi.waitFor(async () => expect(await mfaRows(line)).toBeGreaterThanOrEqual(60), SOON)
    worker.kill('SIGKILL')
    await worker.finished
    const committed = await mfaRows(line)
    const asked = line.sandbox.requests.operations.AdminGetUser ?? 0
    line.start('worker')
    expect(await line.ended(run)).toMatchObject({ state: 'succeeded' })
    expect((line.sandbox.requests.operations.AdminGetUser ?? 0) - asked).toBe(300 - committed)
    expect(await mfaRows(line)).toBe(300)
    const rows = await read(line, 'killed.user_mfa', 'sub')
    expect(undated(rows)).toEqual(
      subs(line)
        .toSorted()
        .map((sub) => expectedMfa(line, sub)),
    )
    const [checkpoint] = await mfaCheckpoints(line)
    expect(checkpoint).toMatchObject({ requests: 300 })
    await expectOnce(line)
  })

  test('is gone on with by a retry, from its place and with what is left of the budget', async () => {
    const line = await createLine({ users: 300, groups: 0, latencyMs: 60, seed: 58 })
    await line.startHere()
    const dataflow = await line.createDataflow({ name: 'Retried', ...withUsers(mfa(200)) })
    const failed = await line.request(dataflow)
    await vi.waitFor(async () => expect(await mfaRows(line)).toBeGreaterThanOrEqual(60), SOON)
    const mend = line.sandbox.faults.add({ kind: 'poolDeleted' })
    expect(await line.ended(failed)).toMatchObject({ state: 'failed', cause: 'pool-not-found' })
    mend()
    const [{ requests: spent }] = (await mfaCheckpoints(line)) as [{ requests: number }]
    const asked = line.sandbox.requests.operations.AdminGetUser ?? 0
    const { id } = await retryRun(line.db, failed, 'ada')
    expect(await line.ended(id)).toMatchObject({ state: 'succeeded', continues: failed })
    expect((line.sandbox.requests.operations.AdminGetUser ?? 0) - asked).toBe(200 - spent)
    const rows = await read(line, 'retried.user_mfa', 'sub')
    expect(rows.map(({ sub }) => sub)).toEqual(byLastChange(line).slice(0, 200).toSorted())
  })

  test('is not asked for by anybody who did not choose it', async () => {
    const line = await createLine({ users: 20, groups: 2, seed: 55 })
    await line.startHere()
    await line.run(await line.createDataflow({ name: 'Usual' }))
    expect(line.sandbox.billedUsers.size).toBe(0)
    await expectExactlyOnce(line, 'usual')
  })
})

test('devices come one a row, event for event what the pool has, through all pages of a user', async () => {
  const line = await createLine({ users: 70, groups: 0, shortPages: 0.2, emptyPages: 0.1, seed: 56 })
  await line.startHere()
  const devices = { source: 'user_devices', purpose: 'Customer 360' } as const
  const dataflow = await line.createDataflow({ name: 'Both', ...withUsers(devices, EVENTS) })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0 })
  expect(undated(await read(line, 'both.user_devices', 'sub', 'device_key'))).toEqual(expectedDevices(line))
  expect(undated(await read(line, 'both.user_auth_events', 'sub', 'event_id'))).toEqual(expectedEvents(line))
})

test('a pool without threat protection has no events, and its run succeeds, whatever it had before', async () => {
  const line = await createLine({ users: 40, groups: 0, seed: 57 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Unprotected', ...withUsers(EVENTS) })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  expect(await read(line, 'unprotected.user_auth_events', 'sub')).not.toHaveLength(0)
  line.sandbox.pool.threatProtection = 'OFF'
  const asked = line.sandbox.requests.operations.AdminListUserAuthEvents
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', notes: [NOTHING_KEPT] })
  expect(await read(line, 'unprotected.user_auth_events', 'sub')).toHaveLength(0)
  expect(line.sandbox.requests.operations.AdminListUserAuthEvents).toBe(asked)
})

test('threat protection that is turned off in the middle of a run leaves an empty table and a note', async () => {
  const line = await createLine({ users: 200, groups: 0, latencyMs: 60, seed: 59 })
  await line.startHere()
  const run = await line.request(await line.createDataflow({ name: 'Halfway', ...withUsers(EVENTS) }))
  await vi.waitFor(async () => expect(await rowsOf(line, 'user_auth_events')).toBeGreaterThan(0), SOON)
  line.sandbox.pool.threatProtection = 'OFF'
  expect(await line.ended(run)).toMatchObject({ state: 'succeeded', notes: [NOTHING_KEPT] })
  expect(await read(line, 'halfway.user_auth_events', 'sub')).toEqual([])
})

function expectedDevices({ sandbox }: Line): PublishedRow[] {
  const rows = [...sandbox.users()].flatMap((user) =>
    sandbox.pool.devicesOf(subOf(user) ?? '').map((device) => {
      const { device_name, device_status, last_ip_used, ...attributes } = Object.fromEntries(
        device.DeviceAttributes.map(({ Name, Value }) => [Name, Value]),
      )
      return {
        ...{ sub: subOf(user), device_key: device.DeviceKey, attributes, raw_values: null },
        ...{ name: device_name, status: device_status, last_ip: last_ip_used },
        created_at: device.DeviceCreateDate,
        last_modified_at: device.DeviceLastModifiedDate,
        last_authenticated_at: device.DeviceLastAuthenticatedDate,
      }
    }),
  )
  return sortByKey(rows, ['sub', 'device_key'])
}

function expectedEvents({ sandbox }: Line): PublishedRow[] {
  const rows = [...sandbox.users()].flatMap((user) =>
    sandbox.pool.authEventsOf(subOf(user) ?? '').map((event) => {
      const { EventRisk: risk, EventContextData: context } = event
      return {
        ...{ sub: subOf(user), event_id: event.EventId, type: event.EventType, response: event.EventResponse },
        ...{ risk_decision: risk.RiskDecision, risk_level: 'RiskLevel' in risk ? risk.RiskLevel : null },
        compromised_credentials_detected: risk.CompromisedCredentialsDetected,
        ...{ ip_address: context.IpAddress, device_name: context.DeviceName },
        ...place(context),
        challenge_responses: event.ChallengeResponses,
        feedback: 'EventFeedback' in event ? JSON.parse(JSON.stringify(event.EventFeedback)) : null,
        ...{ created_at: event.CreationDate, raw_values: null },
      }
    }),
  )
  return sortByKey(rows, ['sub', 'event_id'])
}

function place(context: { readonly Timezone?: string; readonly City?: string; readonly Country?: string }) {
  const { Timezone = null, City = null, Country = null } = context
  return { timezone: Timezone, city: City, country: Country }
}

async function mfaCheckpoints({ db }: Line): Promise<unknown[]> {
  const rows = await db.execute<{ token: string }>(
    sql`select token from poolkeeper.tasks where stream->>'source' = 'user_mfa' and token is not null`,
  )
  return rows.map(({ token }) => JSON.parse(token))
}

const mfaRows = (line: Line) => rowsOf(line, 'user_mfa')

async function rowsOf({ db }: Line, table: string): Promise<number> {
  const [row] = await db.execute<{ rows: number }>(
    sql`select coalesce(sum(rows), 0)::int as rows from poolkeeper.tasks where stream->>'source' = ${table}`,
  )
  return row?.rows ?? 0
}

async function expectOnce({ db }: Line): Promise<void> {
  const [once] = await db.execute(sql`select
    (select count(*) from poolkeeper.runs) as runs, (select count(*) from poolkeeper.publications) as publications`)
  expect(once).toEqual({ runs: 1, publications: 1 })
}
