/** What a bench holds its measurement against. */
export interface Goal {
  readonly name: string
  /** As measured; a ratio wherever the machine's speed would otherwise decide. */
  readonly value: number
  readonly goal: string
  readonly met: boolean
}

/** What a bench has measured. */
export interface Outcome {
  readonly goals: readonly Goal[]
  /** Everything that was measured, for the table and for `--json`: one row a case. */
  readonly rows: readonly Readonly<Record<string, string | number>>[]
}

export interface Bench {
  readonly name: string
  /** In a line, for people. */
  readonly measures: string
  run(): Promise<Outcome>
}

export const atLeast = (name: string, value: number, bound: number): Goal => ({
  ...{ name, value: round(value) },
  goal: `≥ ${bound}`,
  met: value >= bound,
})

export const atMost = (name: string, value: number, bound: number): Goal => ({
  ...{ name, value: round(value) },
  goal: `≤ ${bound}`,
  met: value <= bound,
})

/** To three digits that mean something. */
export function round(value: number): number {
  return Number(value.toPrecision(3))
}

/** The middle one; of an even number the upper of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** `1 worker`, `4 workers` */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
