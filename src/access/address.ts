import { AskError } from '../errors.ts'

const EVERY_INTERFACE = new Set(['0.0.0.0', '::'])

/** Where a person on this machine opens a dashboard that listens on `host` and `port`. */
export function dashboardAddress(host: string, port: number): string {
  const name = EVERY_INTERFACE.has(host) ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** The address that a person gave for the dashboard. @throws AskError when it is none. */
export function checkedAddress(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new AskError('bad-input', `${text} is no address of a dashboard.`, 'Give it as https://poolkeeper.example.com.')
}
