/** The fields of a form as somebody typed them, or as they are filled in; a field that was there twice is a list. */
export type Typed = Readonly<Record<string, string | readonly string[] | undefined>>

/** What stands in a field; nothing where it is not there. */
export function textIn(typed: Typed, field: string): string {
  const value = typed[field]
  return typeof value === 'string' ? value : (value?.at(-1) ?? '')
}

/** Everything that stands in a field that may be there more than once. */
export function allIn(typed: Typed, field: string): readonly string[] {
  const value = typed[field]
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}

/** `Number('')` would be 0; what is no number is refused where it is checked. */
export function numberIn(typed: Typed, field: string): number {
  const text = textIn(typed, field).trim()
  return text === '' ? Number.NaN : Number(text)
}

/** What was typed a line each, or after commas. */
export function linesIn(typed: Typed, field: string): string[] {
  return textIn(typed, field)
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean)
}
