import type { ColumnType } from '../db/table.ts'

/** Lone surrogates: with the `u` flag a pair counts as the character it stands for. */
const LONE_SURROGATE = /\p{Surrogate}/u
const LONE_SURROGATES = /\p{Surrogate}/gu

/** Whether Postgres can hold a text exactly: NUL and lone surrogates abort the insert, in jsonb as in text. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !LONE_SURROGATE.test(text)
}

/**
 * The longest that Cognito allows: an attribute's value, and 128 characters of a group's name. An entry of an index holds
 * 2,704 bytes, both together; beyond that Postgres refuses the whole table its key.
 */
const LONGEST_KEY = 2_048
const LONGEST_GROUP_NAME = 512

/** Whether a text can be a row's key by itself: a sub, the id of a client, the name of a provider. */
export function isKey(text: string): boolean {
  return isStorable(text) && Buffer.byteLength(text) <= LONGEST_KEY
}

/** Whether a sub can be a row's key. */
export const isKeySub = isKey

/** Whether a group's name can be a row's key, with a sub or without. */
export function isKeyGroupName(name: string): boolean {
  return isStorable(name) && Buffer.byteLength(name) <= LONGEST_GROUP_NAME
}

/** The text with U+FFFD for each character that Postgres can't hold. */
export function toStorable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').replace(LONE_SURROGATES, '\uFFFD')
}

/** Exponents beyond three digits could pass numeric's 131,072 digits. */
const NUMERIC = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/
const BOOLEAN = /^(?:true|false)$/i
const ISO_DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?$/
/** 1973 to 5138. Shorter ones are years or compact dates as often as seconds, and longer ones milliseconds. */
const EPOCH_SECONDS = /^(\d{9,11})(?:\.(\d{1,6}))?$/

/**
 * What stands in a column of the type for a value that Cognito sent as text, or undefined when the value does not fit:
 * then it is kept in `raw_values`. Numbers and dates stay text, which Postgres reads without rounding.
 */
export const FIT: Readonly<Record<ColumnType, (text: string) => unknown>> = {
  text: (text) => (isStorable(text) ? text : undefined),
  boolean: (text) => (BOOLEAN.test(text) ? text.toLowerCase() === 'true' : undefined),
  integer: (text) => (/^-?\d{1,10}$/.test(text) && isInt4(Number(text)) ? Number(text) : undefined),
  bigint: (text) => (/^-?\d{1,18}$/.test(text) ? text : undefined),
  numeric: (text) => (NUMERIC.test(text) ? text : undefined),
  timestamptz: fitTimestamp,
  jsonb: fitJson,
}

export function isInt4(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31
}

/** ISO 8601, in UTC where it names no zone, or seconds since 1970: Cognito does not say which a DateTime holds. */
function fitTimestamp(text: string): string | undefined {
  const iso = ISO_DATE.exec(text)
  if (iso) return isOnTheCalendar(iso) ? withZone(text, iso) : undefined
  const epoch = EPOCH_SECONDS.exec(text)
  if (!epoch) return undefined
  const [, seconds, fraction = '0'] = epoch
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`
}

/** Date.parse takes 30 February for 2 March, and Postgres knows no year 0. */
function isOnTheCalendar([, year, month, day, hour = '0', minute = '0', second = '0']: RegExpExecArray): boolean {
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return (
    Number(year) > 0 &&
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60
  )
}

function withZone(text: string, [, , , , hour, , , zone]: RegExpExecArray): string {
  if (hour === undefined) return `${text}T00:00:00Z`
  return zone === undefined ? `${text}Z` : text
}

/** A date of the SDK's as ISO text, or undefined outside the years 1 to 9999, where ISO and Postgres part ways. */
export function fitDate(date: Date): string | undefined {
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999 ? date.toISOString() : undefined
}

function fitJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && isStorableJson(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Whether a JSON value reaches jsonb unchanged: its texts storable, its integers such that JavaScript kept them exact. */
export function isStorableJson(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value)
  if (typeof value === 'number') return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, nested]) => isStorable(key) && isStorableJson(nested))
}
