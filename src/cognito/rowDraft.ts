import type { Column, ColumnType, Row } from '../db/table.ts'
import type { Mapped } from './sourceTable.ts'
import { FIT, fitDate, isStorable, isStorableJson, toStorable } from './values.ts'

/** A text as it was sent, or, where Postgres can't hold it, as a JSON string literal: ASCII escapes it can. */
export type RawValue = string | { readonly json: string }

/** A row in the making. No value is lost: what does not fit its column goes to `raw_values` and is counted. */
export class RowDraft {
  readonly #row: Record<string, unknown> = {}
  #raw: Record<string, RawValue | RawValue[]> | undefined
  #warnings = 0

  /** Whether something was already said about this column or under this name. */
  has(column: string, name: string): boolean {
    return this.#row[column] !== undefined || this.isRaw(name)
  }

  /** Whether a value of this name had to be kept in `raw_values`. */
  isRaw(name: string): boolean {
    return this.#raw !== undefined && name in this.#raw
  }

  /** A text; in its column U+FFFD stands for what Postgres can't hold. */
  text(column: string, name: string, value: string | undefined): void {
    if (value === undefined) return
    if (isStorable(value)) {
      this.#row[column] = value
    } else {
      this.#row[column] = toStorable(value)
      this.keep(name, value)
    }
  }

  /** A value that came as text for a column of the given type. */
  value(column: string, type: ColumnType, name: string, value: string): void {
    const fitting = FIT[type](value)
    if (fitting !== undefined) this.#row[column] = fitting
    else if (type === 'text') this.text(column, name, value)
    else this.keep(name, value)
  }

  boolean(column: string, value: boolean | undefined): void {
    if (value !== undefined) this.#row[column] = value
  }

  date(column: string, name: string, value: Date | undefined): void {
    if (value === undefined) return
    const fitting = fitDate(value)
    if (fitting === undefined) this.keep(name, String(value.getTime()))
    else this.#row[column] = fitting
  }

  json(column: string, name: string, value: unknown): void {
    if (value === undefined) return
    if (isStorableJson(value)) this.#row[column] = value
    else this.keep(name, JSON.stringify(value))
  }

  /** A value as the SDK gives it, for a column of whatever type. */
  put({ name, type, field = name }: Column, value: unknown): void {
    if (value === undefined || value === null) return
    if (type === 'jsonb') this.json(name, field, value)
    else this.value(name, type, field, textOf(value))
  }

  /** Keeps a value in `raw_values`. Called from the last attribute to the first, it keeps their order. */
  keep(name: string, value: string): void {
    this.#raw ??= Object.create(null) as Record<string, RawValue | RawValue[]>
    this.#warnings++
    const key = toStorable(name)
    const kept: RawValue = isStorable(value) ? value : { json: JSON.stringify(value) }
    const others = this.#raw[key]
    this.#raw[key] = others === undefined ? kept : [kept, ...(Array.isArray(others) ? others : [others])]
  }

  finish(): Mapped {
    const row: Row = this.#raw ? { ...this.#row, raw_values: this.#raw } : this.#row
    return { row, warnings: this.#warnings }
  }
}

/** A date that does not fit a column becomes its milliseconds, which fit none. */
function textOf(value: unknown): string {
  if (value instanceof Date) return fitDate(value) ?? String(value.getTime())
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A record whose key can't be stored is kept aside whole. JSON escapes what Postgres can't hold. */
export function reject(reason: string, record: unknown): Mapped {
  return { reject: reason, record: JSON.stringify(record) }
}
