import { sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { EVERYTHING_GRANTED } from '../../src/access/caller.ts'
import { createSession, endSession, findSession } from '../../src/access/session.ts'
import { createSignInLink, redeemSignInLink } from '../../src/access/signInLink.ts'
import type { Database } from '../../src/db/database.ts'
import { sessions, signInLinks } from '../../src/db/schema/access.ts'
import { createTestDatabase } from '../support/database.ts'

const ANA = { person: 'ana', ...EVERYTHING_GRANTED, tokenId: null }
let db: Database

beforeAll(async () => {
  db = (await createTestDatabase()).db
})

beforeEach(async () => {
  await db.delete(signInLinks)
  await db.delete(sessions)
})

async function newToken(): Promise<string> {
  const link = new URL(await createSignInLink(db, 'ana', 'http://127.0.0.1:7300'))
  return link.searchParams.get('token') ?? ''
}

describe('a sign-in link', () => {
  test('leads to the dashboard that it was made for, with 160 random bits', async () => {
    const link = new URL(await createSignInLink(db, 'ana', 'https://pools.example.com/'))
    expect(link.origin + link.pathname).toBe('https://pools.example.com/sign-in')
    expect(Buffer.from(link.searchParams.get('token') ?? '', 'base64url')).toHaveLength(20)
  })

  test('opens a session, once', async () => {
    const token = await newToken()
    const session = await redeemSignInLink(db, token)
    expect(session && (await findSession(db, session.id))).toMatchObject({ person: 'ana', role: 'admin' })
    expect(await redeemSignInLink(db, token)).toBeUndefined()
  })

  test('opens one session when it is used ten times at the same moment', async () => {
    const token = await newToken()
    const opened = await Promise.all(Array.from({ length: 10 }, () => redeemSignInLink(db, token)))
    expect(opened.filter(Boolean)).toHaveLength(1)
    expect(await db.$count(sessions)).toBe(1)
  })

  test('is worth nothing after 15 minutes', async () => {
    const token = await newToken()
    const [link] = await db
      .select({ seconds: sql<number>`extract(epoch from ${signInLinks.expiresAt} - now())`.mapWith(Number) })
      .from(signInLinks)
    expect(link?.seconds).toBeGreaterThan(14.5 * 60)
    expect(link?.seconds).toBeLessThanOrEqual(15 * 60)
    await db.update(signInLinks).set({ expiresAt: sql`now()` })
    expect(await redeemSignInLink(db, token)).toBeUndefined()
    expect(await db.$count(sessions)).toBe(0)
  })

  test('leaves no token in the database, nor a cookie', async () => {
    const unused = await newToken()
    const used = await newToken()
    const session = await redeemSignInLink(db, used)
    const rows = JSON.stringify([await db.select().from(signInLinks), await db.select().from(sessions)])
    expect(rows).toMatch(/[0-9a-f]{64}/)
    for (const secret of [unused, used, session?.id]) expect(rows).not.toContain(secret)
  })

  test('is cleared away once expired, when the next one is made', async () => {
    await newToken()
    await db.update(signInLinks).set({ expiresAt: sql`now()` })
    await newToken()
    expect(await db.$count(signInLinks)).toBe(1)
  })
})

describe('a session', () => {
  test('is found for 12 hours', async () => {
    const { id, expiresAt } = await createSession(db, ANA)
    const hours = (expiresAt.getTime() - Date.now()) / 3_600_000
    expect(hours).toBeGreaterThan(11.9)
    expect(hours).toBeLessThan(12.1)
    await db.update(sessions).set({ expiresAt: sql`now()` })
    expect(await findSession(db, id)).toBeUndefined()
  })

  test('ends for everybody who holds its cookie, and no other session with it', async () => {
    const [mine, theirs] = [await createSession(db, ANA), await createSession(db, ANA)]
    await endSession(db, mine.id)
    expect(await findSession(db, mine.id)).toBeUndefined()
    expect(await findSession(db, theirs.id)).toMatchObject({ person: 'ana', expiresAt: theirs.expiresAt })
  })

  test('can not be opened with the hash that the database keeps', async () => {
    await createSession(db, ANA)
    const [row] = await db.select().from(sessions)
    expect(await findSession(db, row?.hash ?? '')).toBeUndefined()
  })
})
