import type { Pool } from './pool.ts'
import { hash, Random } from './random.ts'

/** Lets users come, change and go while somebody lists them: one of the three, by the seed, every `every` requests. */
export class Churn {
  readonly #random: Random
  readonly #every: number
  #requests = 0

  /** @param every 0 for a pool that stands still */
  constructor(seed: number, every: number) {
    this.#random = new Random(hash(seed, 'churn'))
    this.#every = every
  }

  /** To be called at each ListUsers request. */
  requestSeen(pool: Pool): void {
    this.#requests++
    if (this.#every > 0 && this.#requests % this.#every === 0) this.#mutate(pool)
  }

  #mutate(pool: Pool): void {
    const deed = this.#random.pick(['come', 'change', 'go'])
    const sub = pool.sorted[this.#random.below(pool.size)]?.slice(0, 36)
    if (deed === 'come' || sub === undefined) pool.addUser()
    else if (deed === 'change') pool.changeUser(sub, { attributes: { nickname: `changed ${this.#requests}` } })
    else pool.deleteUser(sub)
  }
}
