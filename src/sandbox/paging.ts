import type { Strikes } from './faults.ts'
import { hash, Random } from './random.ts'
import { expiredToken, type Mark, type PageTokens } from './tokens.ts'

export interface PageRequest {
  /** All parameters that a token is bound to, in one text. */
  readonly binding: string
  readonly token: string | undefined
  readonly limit: number
  readonly requestId: string
  readonly strikes: Strikes
}

export interface Page<T> {
  readonly entries: readonly T[]
  readonly token: string | undefined
}

export interface PagerOptions {
  readonly seed: number
  readonly tokens: PageTokens
  /** The share of pages that hold fewer entries than Limit allows though more follow: 53 users, Limit 20 gave 7. */
  readonly shortPages: number
  /** The share of pages that hold nothing and still carry a token. */
  readonly emptyPages: number
}

/** Cuts lists into pages, the way Cognito does: only a missing token is the end. */
export class Pager {
  readonly #options: PagerOptions
  /** The tokens that a `loopingToken` fault hands out again. */
  readonly #loops = new Map<string, string>()

  constructor(options: PagerOptions) {
    this.#options = options
  }

  /** @param list the entries that come after a cursor, lazily; '' is the beginning */
  page<T extends { readonly cursor: string }>(request: PageRequest, list: (after: string) => Iterable<T>): Page<T> {
    const mark = this.#open(request)
    // The same token gives the same page: what is left to chance hangs on the place alone.
    const random = new Random(hash(this.#options.seed, `${mark.binding} ${mark.cursor} ${mark.page}`))
    const size = this.#pageSize(random, request.limit)
    const found = take(list(mark.cursor), size + 1)
    const entries = found.slice(0, size)
    const trailingToken = entries.length > 0 && random.chance(this.#options.emptyPages)
    if (found.length <= size && !trailingToken) return { entries, token: undefined }
    const next = { ...mark, cursor: entries.at(-1)?.cursor ?? mark.cursor, page: mark.page + 1 }
    return { entries, token: this.#seal(next, request) }
  }

  #open({ token, binding, requestId, strikes }: PageRequest): Mark {
    if (token === undefined) return { binding, cursor: '', page: 0 }
    if (strikes.has('expiredTokens')) throw expiredToken()
    return this.#options.tokens.open(token, binding, requestId)
  }

  #pageSize(random: Random, limit: number): number {
    if (random.chance(this.#options.emptyPages)) return 0
    return random.chance(this.#options.shortPages) ? 1 + random.below(limit) : limit
  }

  #seal(next: Mark, { strikes }: PageRequest): string {
    const token = this.#options.tokens.seal(next)
    const loop = strikes.get('loopingToken')
    if (!loop) return token
    const place = `${next.binding} ${(next.page - 1) % loop.cycle}`
    const again = this.#loops.get(place) ?? token
    this.#loops.set(place, again)
    return again
  }
}

function take<T>(list: Iterable<T>, count: number): T[] {
  const taken: T[] = []
  for (const entry of list) {
    if (taken.push(entry) >= count) break
  }
  return taken
}
