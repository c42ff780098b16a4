import type { Call } from '../../../src/api/contract.ts'
import { addressWith } from '../../address.ts'
import { wordIn } from '../../query.ts'
import type { Visit } from '../../visit.ts'

/** How somebody looks at the list, as it stands in the address: an empty text is none. */
export interface View {
  readonly search: string
  readonly status: string
  readonly connector: string
  readonly tag: string
  readonly sort: string
  readonly group: string
  /** The groups that are folded, as the operation calls them; '' are those without a tag. */
  readonly folded: readonly string[]
}

export function viewIn(query: Visit['query']): View {
  const text = (name: keyof View) => wordIn(query, name)
  return {
    ...{ search: text('search'), status: text('status'), connector: text('connector'), tag: text('tag') },
    ...{ sort: text('sort'), group: text('group') },
    folded: query.folded === undefined ? [] : [query.folded].flat().map(String),
  }
}

/** The view as the operation takes it; what it does not know is its to refuse. */
export function callOf(view: View): Omit<Call<'listDataflows'>, 'cursor' | 'limit'> {
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value.length > 0))
}

/** The address of a view, or of one that differs in some respect. */
export function addressOf(view: View, other: Partial<View> & { readonly cursor?: string } = {}): string {
  const { folded, ...texts } = { ...view, ...other }
  const address = addressWith('/', texts)
  const groups = new URLSearchParams(folded.map((group) => ['folded', group]))
  return folded.length === 0 ? address : `${address}${address === '/' ? '?' : '&'}${groups}`
}

/** The same view with a group folded, or unfolded if it is. */
export function withFolded(view: View, group: string): string {
  const others = view.folded.filter((folded) => folded !== group)
  return addressOf(view, { folded: others.length < view.folded.length ? others : [...others, group] })
}

/** Whether it shows some dataflows only. */
export function isFiltered({ search, status, connector, tag }: View): boolean {
  return [search, status, connector, tag].some((value) => value !== '')
}
