import { EVERYTHING_GRANTED, type Grants } from '../../../src/access/caller.ts'
import { createToken } from '../../../src/access/token.ts'
import type { Database } from '../../../src/db/database.ts'

/** What the API answered. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects to find in it
  readonly body: any
}

/** A program with a token: a method and a path below `/api/v1` in, what was answered out. */
export type Program = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
  signal?: AbortSignal,
) => Promise<Answer>

/** A program of these grants; an admin's if none are said. */
export async function programOf(url: string, db: Database, grants: Partial<Grants> = {}): Promise<Program> {
  const { secret } = await createToken(db, {
    ...EVERYTHING_GRANTED,
    ...grants,
    name: 'nightly-report',
    createdBy: 'ana',
    expiresAt: null,
  })
  return programWith(url, secret)
}

/** A program that sends this as its token. */
export function programWith(url: string, secret: string): Program {
  return async (method, path, body, headers, signal) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
    const text = await response.text()
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
}
