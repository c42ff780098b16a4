import type { Request } from 'express'

/** What stands behind the `?` under a name; empty where nothing does, or more than one thing. */
export function wordIn(query: Request['query'], name: string): string {
  const value = query[name]
  return typeof value === 'string' ? value : ''
}
