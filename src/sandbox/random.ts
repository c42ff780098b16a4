import { createHash } from 'node:crypto'

/**
 * Murmur3's finaliser, a bijection on 32 bits: distinct inputs give distinct outputs, so that a million subs made of a
 * million indexes hold no double (random 32-bit seeds would collide about 116 times).
 */
export function mix(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** 32 bits of a text under a seed (FNV-1a, then mixed). The same on every machine. */
export function hash(seed: number, text: string): number {
  let bits = mix(seed) ^ 0x811c9dc5
  for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193)
  return mix(bits)
}

/**
 * A UUID of version 4 out of a text under a seed. Not out of a `Random`: with 32 bits of state, two of 100,000 people
 * would soon have an id in common.
 */
export function uuidOf(seed: number, text: string): string {
  const hex = createHash('sha256').update(`${seed} ${text}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-a${hex.slice(15, 18)}-${hex.slice(18, 30)}`
}

/** A seeded stream of numbers (mulberry32): everything the sandbox leaves to chance comes out the same again. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = mix(seed)
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  pick<const T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0]
  }

  /** `length` characters of an alphabet. */
  text(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet.charAt(this.below(alphabet.length))).join('')
  }
}
