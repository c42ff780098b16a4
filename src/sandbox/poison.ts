import type { Pool } from './pool.ts'

/** Users whom an import has to survive, by kind, and how many of each. */
export interface Poison {
  /** U+0000 in a name: no Postgres text can hold it. */
  readonly nul?: number
  /** Half a surrogate pair in a nickname. */
  readonly loneSurrogate?: number
  /** An attribute that the pool's schema doesn't know. */
  readonly unknownAttribute?: number
  /** A Number attribute that is none. */
  readonly badNumber?: number
  /** Listed twice: once as they are, once as they were. */
  readonly twice?: number
}

/** Poisons the pool's first users. None is poisoned in two ways. */
export function poison(pool: Pool, wanted: Poison): void {
  const victims = pool.order.values()
  const each = (count: number | undefined, harm: (sub: string) => void) => {
    for (let left = count ?? 0; left > 0; left--) {
      const { value: sub } = victims.next()
      if (sub === undefined) throw new RangeError('there are fewer users than are to be poisoned')
      harm(sub)
    }
  }
  const set = (name: string, value: string) => (sub: string) => pool.poison(sub, { attributes: { [name]: value } })
  each(wanted.nul, set('name', 'Nul\u0000la'))
  each(wanted.loneSurrogate, set('nickname', 'half \ud83d a pair'))
  each(wanted.unknownAttribute, set('custom:retired', 'still here'))
  each(wanted.badNumber, set('custom:visits', 'many'))
  each(wanted.twice, (sub) => pool.echo(sub))
}
