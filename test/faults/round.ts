import { inject, onTestFailed, TestRunner } from 'vitest'
import { hash, Random } from '../../src/sandbox/random.ts'

/** What `npm run faults` gives to every test file. */
declare module 'vitest' {
  export interface ProvidedContext {
    faultRounds: number
    faultSeed: number
  }
  interface TaskMeta {
    figures?: Figure[]
  }
}

/** A measured value, for the table that `npm run faults` ends with. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** How long this is to go on: 1 in every `npm test`, more by `npm run faults -- --rounds N`. */
export const ROUNDS = inject('faultRounds')

/** A stream of numbers of this test's own; a failure prints the seed that makes it again. */
export function seededRandom(): Random {
  const seed = inject('faultSeed')
  onTestFailed(
    () => void process.stderr.write(`\nnpm run faults -- --rounds ${ROUNDS} --seed ${seed} makes it again\n`),
  )
  return new Random(hash(seed, TestRunner.getCurrentTest()?.name ?? ''))
}

/** Records a figure of the current test. */
export function figure(name: string, value: number, unit = ''): void {
  const test = TestRunner.getCurrentTest()
  if (!test) throw new TypeError('a figure belongs to a test')
  test.meta.figures = [...(test.meta.figures ?? []), { name, value, unit }]
}
