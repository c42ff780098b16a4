import type { Visit } from './visit.ts'

type Form = Visit['form']

/** What was typed into a field, without blanks around it; empty where it was not sent. */
export function textIn(form: Form, name: string): string {
  return listIn(form, name)[0]?.trim() ?? ''
}

/** Everything that was ticked under a name. */
export function listIn(form: Form, name: string): readonly string[] {
  return [form[name] ?? []].flat()
}

/** What was typed a line each, or after commas. */
export function linesIn(form: Form, name: string): string[] {
  return textIn(form, name)
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean)
}
