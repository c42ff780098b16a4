import { hash, mix } from './random.ts'

/**
 * How a pool makes its subs. `random`: v4 UUIDs, as old pools have. `regional`: the newer form, not RFC, whose hex
 * digits 2, 4, 6 and 8 are constant for a Region. `mixed`: a pool that began with the one and went on with the other.
 * `crowded`: such a pool, most of whose subs begin with the same digit. Nobody has seen that; an import should survive it.
 */
export type SubForm = 'random' | 'regional' | 'mixed' | 'crowded'

/** Digits 2, 4, 6 and 8 as seen in public (`04a854b8`, `845844b8`, `f4b8a408`; `902cf91c`, `10ccb9cc`). */
const SEEN: Readonly<Record<string, string>> = { 'us-east-1': '4848', 'eu-north-1': '0c9c' }

/** `x` is a digit by chance, `v` one of 8, 9, a, b; everything else stands as it is. */
const V4 = 'xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx'

/**
 * Makes the sub of a pool's user number `index`: always the same for a seed, and never the same for two indexes, since
 * the last 8 digits alone are a bijection of the index. A byte at a time, because a million of them by string
 * operations took 10 s instead of 0.5 s.
 */
export function subMaker(seed: number, form: 'random' | 'regional', region: string): (index: number) => string {
  const start = mix(seed)
  const template = Buffer.from(form === 'random' ? V4 : regionalTemplate(region))
  const sub = Buffer.from(template)
  return (index) => {
    for (let at = 0, digit = 0; at < template.length; at++) {
      const kind = template[at]
      if (kind === DASH) continue
      const word = mix(start ^ (index * 4 + (digit >> 3)))
      const nibble = (word >>> (28 - (digit & 7) * 4)) & 15
      if (kind === BY_CHANCE) sub[at] = HEX[nibble] ?? 0
      if (kind === VARIANT) sub[at] = HEX[8 + (nibble & 3)] ?? 0
      digit++
    }
    return sub.toString('latin1')
  }
}

/** Moves three subs out of four behind one digit; the last digits still tell them apart. */
export function crowd(sub: string, index: number): string {
  return index % 4 === 0 ? sub : `7${sub.slice(1)}`
}

function regionalTemplate(region: string): string {
  const [a, b, c, d] = SEEN[region] ?? hash(0, region).toString(16).padStart(8, '0')
  return `x${a}x${b}x${c}x${d}-xxxx-70xx-xxxx-xxxxxxxxxxxx`
}

const HEX = Buffer.from('0123456789abcdef')
const [DASH, BY_CHANCE, VARIANT] = Buffer.from('-xv')
