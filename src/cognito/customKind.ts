import type { PersonalKind } from '../db/table.ts'

const HINTS: readonly (readonly [RegExp, PersonalKind])[] = [
  [/pass(word|code)|secret|token|api_?key|\bpin\b/, 'credential'],
  [/mail|phone|mobile|fax|(^|_)tel/, 'contact'],
  [/address|street|city|country|region|state|zip|postal|location|latitude|longitude/, 'location'],
  [/name$/, 'name'],
  [/login|visit|last_|_at$|count|score|newsletter|consent/, 'behaviour'],
]

/**
 * What a custom attribute tells of a person, by its name: Cognito does not say. Where the name doesn't tell either it
 * counts as an identifier, because a catalogue that misses personal data does more harm than one that suspects too much.
 */
export function personalKindOf(attribute: string): PersonalKind {
  const words = attribute
    .replace(/^(dev:)?custom:/, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
  return HINTS.find(([hint]) => hint.test(words))?.[1] ?? 'identifier'
}
