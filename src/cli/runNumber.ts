import { InvalidArgumentError } from 'commander'

/** Parses the number of a run, as history shows it. */
export function runNumber(text: string): number {
  const run = Number(text)
  if (!Number.isSafeInteger(run) || run < 1)
    throw new InvalidArgumentError('it is the number that `poolkeeper history` shows.')
  return run
}
