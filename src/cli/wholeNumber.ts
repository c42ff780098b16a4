import { InvalidArgumentError } from 'commander'

/**
 * How to parse a whole number of 1 or more.
 * @param what it is, for whoever typed something else: "a number of runs"
 */
export function wholeNumber(what: string): (text: string) => number {
  return (text) => {
    // more digits than JavaScript holds exactly name nothing
    if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
    throw new InvalidArgumentError(`it is ${what}.`)
  }
}

/** Parses the number of a run. */
export const runNumber = wholeNumber('the number that `poolkeeper history` shows')
