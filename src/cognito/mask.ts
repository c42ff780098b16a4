import { toStorable } from './values.ts'

/** One @ between two parts. With a slash it would be a web address, whose end is the person's own. */
const EMAIL = /^([^\s@/]+)@([^\s@/]+)$/
/** As Cognito takes it: international, from its plus on. Birthdates and numbers of other kinds have none. */
const PHONE = /^\+[\d ().-]+$/
/** Below that its 5 visible characters would be most of it. */
const SHORTEST_PHONE = 9

/**
 * The text without what tells whose it is: `a***@example.com`, `+49***34`, `A***`. As many asterisks whatever is hidden,
 * and of a single character nothing is shown.
 */
export function mask(text: string): string {
  return toStorable(maskEmail(text) ?? maskPhone(text) ?? initial(text))
}

function maskEmail(text: string): string | undefined {
  const [, local, domain] = EMAIL.exec(text) ?? []
  return local && domain && `${initial(local)}@${domain}`
}

function maskPhone(text: string): string | undefined {
  return PHONE.test(text) && text.length >= SHORTEST_PHONE ? `${text.slice(0, 3)}***${text.slice(-2)}` : undefined
}

/** By characters: half of a surrogate pair is none. */
function initial(text: string): string {
  const [first = '', ...others] = text
  return others.length > 0 ? `${first}***` : '***'
}
