import { wrapCursor } from '../api/shapes.ts'

/** One page, and where the next one begins. */
interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

/**
 * A page out of a list.
 * @param select reads so many items, from where the page before ended
 * @param key what the last item of a page is found again by
 */
export async function pageOf<Item>(
  limit: number,
  select: (limit: number) => Promise<readonly Item[]>,
  key: (item: Item) => unknown,
): Promise<Page<Item>> {
  // one more than is shown tells whether there are more
  const found = await select(limit + 1)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last !== undefined ? wrapCursor(key(last)) : null }
}
