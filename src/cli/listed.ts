import type { Call } from '../api/contract.ts'
import type { Item, ListName, Page } from '../client/list.ts'
import type { Perform } from './operations.ts'

/** What a page of the API holds at most. */
const MOST = 200

/** The first items of a list, as many as are wanted or all of them, page by page. */
export async function listed<Name extends ListName>(
  perform: Perform,
  name: Name,
  call: Omit<Call<Name>, 'cursor' | 'limit'>,
  wanted = Number.POSITIVE_INFINITY,
): Promise<Item<Name>[]> {
  const items: Item<Name>[] = []
  let cursor: string | null | undefined
  do {
    const limit = Math.min(wanted - items.length, MOST)
    const part: unknown = { ...call, limit, ...(cursor && { cursor }) }
    const page: unknown = await perform(name, part as Call<Name>)
    const { items: more, next } = page as Page<Item<Name>>
    items.push(...more)
    cursor = next
  } while (cursor && items.length < wanted)
  return items
}
