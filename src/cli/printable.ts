/** Control characters would let a user's attribute value steer the terminal of whoever looks at it. */
export function printable(cell: string | number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being taken out
  return String(cell).replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}
