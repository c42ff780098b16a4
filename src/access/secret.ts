import { createHash, randomBytes } from 'node:crypto'

/** 160 bits: guessing one takes longer than anything it opens will last. */
const BYTES = 20

/** A new secret for a link or a cookie: 27 characters that need no escaping in either. */
export function newSecret(): string {
  return randomBytes(BYTES).toString('base64url')
}

/**
 * What the database keeps of a secret: its SHA-256 in hex. A fast hash is enough, because there is no dictionary of
 * random 160-bit secrets to try.
 */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
