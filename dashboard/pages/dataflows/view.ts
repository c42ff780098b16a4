import type { Call } from '../../../src/api/contract.ts'
import type { Visit } from '../../visit.ts'
import { addressWith } from '../runs/filters.ts'

/** How somebody looks at the list, as it stands in the address: an empty text is none. */
export interface View {
  readonly search: string
  readonly status: string
  readonly connector: string
  readonly tag: string
  readonly sort: string
  readonly group: string
}

export function viewIn(query: Visit['query']): View {
  const text = (name: keyof View) => (typeof query[name] === 'string' ? query[name] : '')
  return {
    ...{ search: text('search'), status: text('status'), connector: text('connector'), tag: text('tag') },
    ...{ sort: text('sort'), group: text('group') },
  }
}

/** The view as the operation takes it; what it does not know is its to refuse. */
export function callOf(view: View): Omit<Call<'listDataflows'>, 'cursor' | 'limit'> {
  const given = Object.entries(view).filter(([, value]) => value !== '')
  return Object.fromEntries(given)
}

/** The address of a view, or of one that differs in some respect. */
export function addressOf(view: View, other: Partial<View> & { readonly cursor?: string } = {}): string {
  return addressWith('/', { ...view, ...other })
}

/** Whether it shows some dataflows only. */
export function isFiltered({ search, status, connector, tag }: View): boolean {
  return [search, status, connector, tag].some((value) => value !== '')
}
