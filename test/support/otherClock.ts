import { existsSync, readdirSync } from 'node:fs'

/** libfaketime, of Debian's package `faketime`; undefined where it is not installed. */
const LIBRARY = librariesOfDebian().find((path) => existsSync(path))

export const canTurnClocks = LIBRARY !== undefined

/**
 * The environment of a process on a machine whose clock is wrong.
 * @param offset such as `+1h` or `-1h`
 */
export function clockOf(offset: string): Record<string, string> {
  // what measures how long something takes goes on at its pace, as it does where a clock is set wrong
  return { LD_PRELOAD: LIBRARY ?? '', FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
}

function librariesOfDebian(): string[] {
  if (!existsSync('/usr/lib')) return []
  return readdirSync('/usr/lib').map((folder) => `/usr/lib/${folder}/faketime/libfaketime.so.1`)
}
