import {
  AdminGetUserCommand,
  AdminListDevicesCommand,
  AdminListUserAuthEventsCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { Pool } from '../../../src/sandbox/pool.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { clientOf, listed, sandboxFor, subOf } from '../support.ts'

const pool = new Pool({ users: 2_000 })
const subs = Array.from(pool.users(), subOf)

const getUser = (sandbox: Sandbox, Username: string | undefined) =>
  clientOf(sandbox).send(new AdminGetUserCommand({ UserPoolId: sandbox.poolId, Username }))

const devicesOf = (sandbox: Sandbox, Username: string | undefined, Limit = 60) =>
  listed(async (PaginationToken) => {
    const command = new AdminListDevicesCommand({ UserPoolId: sandbox.poolId, Username, Limit, PaginationToken })
    const page = await clientOf(sandbox).send(command)
    return [page.Devices, page.PaginationToken]
  })

const eventsOf = (sandbox: Sandbox, Username: string | undefined, MaxResults = 60) =>
  listed(async (NextToken) => {
    const command = new AdminListUserAuthEventsCommand({ UserPoolId: sandbox.poolId, Username, MaxResults, NextToken })
    const page = await clientOf(sandbox).send(command)
    return [page.AuthEvents, page.NextToken]
  })

describe('AdminGetUser', () => {
  it('gives a user as ListUsers does, and their second factors beside', async () => {
    const sandbox = await sandboxFor()
    for (const user of [...sandbox.users()].slice(0, 30)) {
      const { Attributes, ...rest } = user
      const { $metadata, ...got } = await getUser(sandbox, user.Username)
      expect(got).toEqual({ ...rest, UserAttributes: Attributes, ...sandbox.pool.mfaOf(user.Username) })
    }
  })

  it('finds users with TOTP, with SMS, with both, and most with none, the same for the same seed', () => {
    const factors = subs.map((sub) => (pool.mfaOf(sub).UserMFASettingList ?? []).join())
    const share = (wanted: string) => factors.filter((found) => found === wanted).length / subs.length
    expect(new Set(factors)).toEqual(new Set(['', 'SOFTWARE_TOKEN_MFA', 'SMS_MFA', 'SOFTWARE_TOKEN_MFA,SMS_MFA']))
    expect(share('')).toBeGreaterThan(0.6)
    const again = new Pool({ users: 2_000 })
    expect(subs.map((sub) => again.mfaOf(sub))).toEqual(subs.map((sub) => pool.mfaOf(sub)))
  })

  it('prefers only a factor that the user has, and sends SMS only to those who have a number', () => {
    for (const user of pool.users()) {
      const { PreferredMfaSetting, UserMFASettingList = [] } = pool.mfaOf(subOf(user))
      if (PreferredMfaSetting) expect(UserMFASettingList).toContain(PreferredMfaSetting)
      if (!user.Attributes.some(({ Name }) => Name === 'phone_number'))
        expect(UserMFASettingList).not.toContain('SMS_MFA')
      if (user.UserStatus === 'EXTERNAL_PROVIDER') expect(UserMFASettingList).toEqual([])
    }
  })

  it('bills each user once, by whatever name they were asked for, and nobody who was not given', async () => {
    const sandbox = await sandboxFor({ users: 5 })
    const [one, two] = sandbox.users()
    expect(sandbox.billedUsers.size).toBe(0)
    for (const name of [one?.Username, one && subOf(one), two?.Username]) await getUser(sandbox, name)
    await expect(getUser(sandbox, 'nobody')).rejects.toMatchObject({ name: 'UserNotFoundException' })
    sandbox.faults.add({ kind: 'throttle', count: 1 })
    await expect(getUser(sandbox, [...sandbox.users()][2]?.Username)).rejects.toThrow()
    expect([...sandbox.billedUsers]).toEqual([one, two].map((user) => user && subOf(user)))
    const state = await (await fetch(`${sandbox.endpoint}/_sandbox/state`)).json()
    expect(state).toMatchObject({ billedUsers: 2 })
  })
})

describe('AdminListDevices', () => {
  it('gives the devices of a user, page by page, by sub or username', async () => {
    const sandbox = await sandboxFor()
    const user = [...sandbox.users()].find(({ Username }) => sandbox.pool.devicesOf(Username).length === 3)
    const expected = sandbox.pool.devicesOf(user?.Username ?? '')
    expect(await devicesOf(sandbox, user?.Username, 1)).toEqual(expected)
    expect(await devicesOf(sandbox, user && subOf(user))).toEqual(expected)
    expect(expected[0]?.DeviceAttributes.map(({ Name }) => Name)).toEqual(
      expect.arrayContaining(['device_name', 'device_status', 'last_ip_used']),
    )
    expect(sandbox.billedUsers.size).toBe(0)
  })

  it('finds none to three a user, each with a key of its own', () => {
    const counts = new Set(subs.map((sub) => pool.devicesOf(sub).length))
    expect(counts).toEqual(new Set([0, 1, 2, 3]))
    const keys = subs.flatMap((sub) => pool.devicesOf(sub)).map(({ DeviceKey }) => DeviceKey)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys[0]).toMatch(/^us-east-1_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('knows no user who was deleted, and takes no Limit above 60', async () => {
    const sandbox = await sandboxFor()
    const [user] = sandbox.users()
    await expect(devicesOf(sandbox, user?.Username, 61)).rejects.toMatchObject({ name: 'InvalidParameterException' })
    sandbox.deleteUser(user?.Username ?? '')
    await expect(devicesOf(sandbox, user?.Username)).rejects.toMatchObject({ name: 'UserNotFoundException' })
  })
})

describe('AdminListUserAuthEvents', () => {
  it('gives the events of a user, newest first, page by page', async () => {
    const sandbox = await sandboxFor({ users: 500 })
    const user = [...sandbox.users()].find(({ Username }) => sandbox.pool.authEventsOf(Username).length > 60)
    const events = await eventsOf(sandbox, user?.Username)
    expect(events).toEqual(sandbox.pool.authEventsOf(user?.Username ?? ''))
    const times = events.map(({ CreationDate }) => CreationDate?.getTime() ?? 0)
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect(events.at(-1)).toMatchObject({ EventType: 'SignUp', CreationDate: user?.UserCreateDate })
    expect(sandbox.billedUsers.size).toBe(0)
  })

  it('knows every type, response and risk', () => {
    const events = subs.flatMap((sub) => pool.authEventsOf(sub))
    const found = (of: (event: (typeof events)[number]) => unknown) => new Set(events.map(of))
    expect(found(({ EventType }) => EventType)).toEqual(
      new Set(['SignIn', 'SignUp', 'ForgotPassword', 'PasswordChange', 'ResendCode']),
    )
    expect(found(({ EventResponse }) => EventResponse)).toEqual(new Set(['Pass', 'Fail', 'InProgress']))
    expect(found(({ EventRisk }) => EventRisk.RiskDecision)).toEqual(new Set(['NoRisk', 'AccountTakeover', 'Block']))
    expect(found(({ EventFeedback }) => EventFeedback?.FeedbackValue)).toEqual(new Set([undefined, 'Valid', 'Invalid']))
    expect(new Set(events.map(({ EventId }) => EventId)).size).toBe(events.length)
  })

  it('is refused while threat protection is off', async () => {
    const sandbox = await sandboxFor({ threatProtection: 'OFF' })
    const [user] = sandbox.users()
    await expect(eventsOf(sandbox, user?.Username)).rejects.toMatchObject({
      name: 'UserPoolAddOnNotEnabledException',
      $metadata: { httpStatusCode: 400 },
    })
    sandbox.pool.threatProtection = 'ENFORCED'
    expect(await eventsOf(sandbox, user?.Username)).toEqual(sandbox.pool.authEventsOf(user?.Username ?? ''))
  })

  it('says nothing of what somebody who has just signed up will do', async () => {
    const sandbox = await sandboxFor({ users: 0 })
    for (let at = 0; at < 20; at++) sandbox.addUser()
    const events = [...sandbox.users()].flatMap(({ Username }) => sandbox.pool.authEventsOf(Username))
    expect(events.length).toBeGreaterThan(0)
    expect(events.every(({ CreationDate }) => CreationDate.getTime() <= Date.now())).toBe(true)
  })
})
