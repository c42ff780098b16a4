import type { Grants } from '../access/caller.ts'

/** What is for some dataflows, or for all, with these as people call them. */
export function named<T extends Pick<Grants, 'dataflows'>>(
  granted: T,
  names: ReadonlyMap<number, string>,
): Omit<T, 'dataflows'> & { readonly dataflows: string[] | null } {
  const dataflows = granted.dataflows?.map((id) => names.get(id) ?? `dataflow ${id}`) ?? null
  return { ...granted, dataflows }
}
