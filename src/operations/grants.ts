import type { Grants } from '../access/caller.ts'

/** What somebody has been granted, with their dataflows as people call them. */
export function named<T extends Grants>(
  granted: T,
  names: ReadonlyMap<number, string>,
): Omit<T, 'dataflows'> & { readonly dataflows: string[] | null } {
  const dataflows = granted.dataflows?.map((id) => names.get(id) ?? `dataflow ${id}`) ?? null
  return { ...granted, dataflows }
}
