import { createHash } from 'node:crypto'

/** Postgres cuts longer names with only a NOTICE, and then they collide. */
const MAX_BYTES = 63

/**
 * So many hex digits of the attribute's hash end a shortened name. Cognito's names have at most 20 characters after the
 * prefix: with twelve digits no name that fits as it is can look like a shortened one.
 */
const HASH_DIGITS = 12

const CUSTOM = /^(dev:)?custom:(.+)$/s

/**
 * The column of a custom attribute: `custom:plan` → `custom_plan`, `dev:custom:plan` → `dev_custom_plan`, its case and
 * its other characters kept. It depends on the attribute's name alone and differs for different names, so that whoever
 * holds a table's shape finds an attribute's column without the pool's schema.
 * @returns undefined for an attribute that is not a custom one.
 */
export function customColumnName(attribute: string): string | undefined {
  const match = CUSTOM.exec(attribute)
  if (!match) return undefined
  const name = `${match[1] ? 'dev_' : ''}custom_${match[2]}`
  return Buffer.byteLength(name) <= MAX_BYTES ? name : shorten(name)
}

function shorten(name: string): string {
  const suffix = `_${createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS)}`
  let kept = ''
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > MAX_BYTES - suffix.length) break
    kept += character
  }
  return kept + suffix
}
