import type { ColumnType } from '../db/table.ts'

/**
 * One text for all that Postgres takes for the same value: 1.50 and 1.5, an instant in two time zones, JSON whose keys
 * stand in another order. So fingerprints count as many different values as the column itself would.
 */
export function canonicalText(type: ColumnType, value: unknown): string {
  if (type === 'numeric') return canonicalNumber(String(value))
  if (type === 'timestamptz') return canonicalInstant(String(value))
  return typeof value === 'string' && type === 'text' ? value : JSON.stringify(value, inOrder)
}

/** Digits without zeros at either end, and the power of ten that they are multiplied with. */
function canonicalNumber(text: string): string {
  const [mantissa = '', exponent = '0'] = text.replace(/^\+/, '').toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  const power = Number(exponent) - fraction.length + digits.length - significant.length
  return `${mantissa.startsWith('-') ? '-' : ''}${significant}e${power}`
}

/** In microseconds, which is what Postgres keeps and a Date does not. */
function canonicalInstant(text: string): string {
  const iso = text.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
  const [, micros = ''] = /\.\d{3}(\d{1,3})/.exec(iso) ?? []
  return `${Date.parse(iso)}${micros.padEnd(3, '0')}`
}

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
