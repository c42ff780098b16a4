import type { Output } from '../api/contract.ts'
import type { OperationName } from '../api/routes.ts'

/** A part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** The cursor to read on with; null at the end. */
  readonly next: string | null
}

/** Operations whose answer is a page of a list. */
export type ListName = { [Name in OperationName]: Output<Name> extends Page<unknown> ? Name : never }[OperationName]

export type Item<Name extends ListName> = Output<Name> extends Page<infer One> ? One : never
