import type { Command } from 'commander'

export interface VersionOption {
  readonly ifVersion?: string
}

/** For scripts that have read a dataflow before, and decided by what they read. */
export function addVersionOption(command: Command): Command {
  return command.option('--if-version <n>', 'only if it is still of this version, as `dataflow show` tells it')
}

/** The version that has to stand, as the API takes it. */
export function ifVersion({ ifVersion }: VersionOption): { ifMatch?: string } {
  return ifVersion === undefined ? {} : { ifMatch: `"${ifVersion}"` }
}
