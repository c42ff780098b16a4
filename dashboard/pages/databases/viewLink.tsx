import type { ComponentChildren } from 'preact'
import { ChangeForm } from '../../parts/changeForm.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { addressOf, fieldsOf, isPrivate, pathOf, type RowsView, type Table } from './view.ts'

export interface ViewLinkProps {
  readonly table: Table
  readonly view: RowsView
  readonly around: Surroundings
  /** How the view that it leads to differs from this one. */
  readonly change: Partial<RowsView>
  /** What it does, where its text alone does not tell those who hear it. */
  readonly label?: string
  readonly children: ComponentChildren
}

/** Leads to another view of the rows: by its address, or where that would hold a person's value by a form. */
export function ViewLink({ table, view, around, change, label, children }: ViewLinkProps) {
  const target = { ...view, ...change }
  if (!isPrivate(target, table)) {
    return (
      <a href={addressOf(table, target)} aria-label={label}>
        {children}
      </a>
    )
  }
  return (
    <ChangeForm action={pathOf(table)} csrf={around.csrf}>
      <ViewFields view={target} />
      <button type="submit" class="link" aria-label={label}>
        {children}
      </button>
    </ChangeForm>
  )
}

/** A view as a form carries it along. */
export function ViewFields({ view }: { readonly view: RowsView }) {
  return (
    <>
      {fieldsOf(view).map(([name, value]) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
    </>
  )
}
