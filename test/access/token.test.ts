import { sql } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { EVERYTHING_GRANTED } from '../../src/access/caller.ts'
import { createSession, findSession } from '../../src/access/session.ts'
import { redeemSignInLink } from '../../src/access/signInLink.ts'
import { createToken, findToken, listTokens, revokeToken } from '../../src/access/token.ts'
import type { Database } from '../../src/db/database.ts'
import { sessions, tokens } from '../../src/db/schema/access.ts'
import { createTestDatabase } from '../support/database.ts'

const WANTED = { ...EVERYTHING_GRANTED, name: 'nightly-report', createdBy: 'ana', expiresAt: null }

let db: Database

beforeAll(async () => {
  db = (await createTestDatabase()).db
})

beforeEach(async () => {
  await db.delete(sessions)
  await db.delete(tokens)
})

test('a token is pk_ and 160 random bits, and the database keeps nothing that opens anything', async () => {
  const { id, secret, hint } = await createToken(db, WANTED)
  expect(secret).toMatch(/^pk_[\w-]{27}$/)
  expect(Buffer.from(secret.slice(3), 'base64url')).toHaveLength(20)
  expect(secret.startsWith(hint)).toBe(true)
  const [row] = await db.select().from(tokens)
  expect(JSON.stringify(row)).not.toContain(secret.slice(hint.length))
  expect(await findToken(db, secret)).toMatchObject({ id, name: 'nightly-report', role: 'admin' })
  for (const wrong of [row?.hash ?? '', hint, secret.slice(0, -1), `${secret}A`, secret.toUpperCase(), '']) {
    expect(await findToken(db, wrong)).toBeUndefined()
  }
})

test('nothing is compared that could be timed: the database is asked for a hash, never for the secret', async () => {
  const { secret } = await createToken(db, WANTED)
  const unsafe = vi.spyOn(db.$client, 'unsafe')
  const asked = () => JSON.stringify(unsafe.mock.calls)
  await findToken(db, secret)
  await findToken(db, `${secret.slice(0, -1)}~`)
  await findSession(db, secret)
  await redeemSignInLink(db, secret)
  expect(unsafe.mock.calls.length).toBeGreaterThanOrEqual(4)
  expect(asked()).toMatch(/"[0-9a-f]{64}"/)
  expect(asked()).not.toContain(secret.slice(3, 20))
})

test('it is worth nothing once it has expired', async () => {
  const { secret } = await createToken(db, WANTED)
  await db.update(tokens).set({ expiresAt: sql`now() + interval '1 minute'` })
  expect(await findToken(db, secret)).toBeDefined()
  await db.update(tokens).set({ expiresAt: sql`now()` })
  expect(await findToken(db, secret)).toBeUndefined()
})

test('revoking it ends the sessions that were opened with it, and no others', async () => {
  const { id, secret } = await createToken(db, WANTED)
  const [with_, without] = [
    await createSession(db, { person: 'nightly-report', ...EVERYTHING_GRANTED, tokenId: id }),
    await createSession(db, { person: 'ana', ...EVERYTHING_GRANTED, tokenId: null }),
  ]
  const first = await revokeToken(db, id)
  expect((await revokeToken(db, id)).revokedAt).toEqual(first.revokedAt)
  expect(await findToken(db, secret)).toBeUndefined()
  expect(await findSession(db, with_.id)).toBeUndefined()
  expect(await findSession(db, without.id)).toBeDefined()
})

test('its last use is noted, once a minute', async () => {
  const { secret } = await createToken(db, WANTED)
  const lastUse = async () => (await listTokens(db))[0]?.lastUsedAt
  expect(await lastUse()).toBeNull()
  await findToken(db, secret)
  const noted = await lastUse()
  await findToken(db, secret)
  expect(await lastUse()).toEqual(noted)
  await db.update(tokens).set({ lastUsedAt: sql`now() - interval '2 minutes'` })
  await findToken(db, secret)
  expect((await lastUse())?.getTime()).toBeGreaterThanOrEqual(noted?.getTime() ?? 0)
})
