// What the README claims about speed, measured anew: `npm run bench`, one alone by `npm run bench -- quota`, `--json` for
// one JSON object a bench, on stdout. Everything else goes to stderr.
import { parseArgs } from 'node:util'
import { createOutput } from '../src/cli/output.ts'
import type { Bench, Outcome } from './bench.ts'
import { fair } from './fair.ts'
import { fleet } from './fleet.ts'
import { machine } from './machine.ts'
import { memory } from './memory.ts'
import { pages } from './pages.ts'
import { pipeline } from './pipeline.ts'
import { publish } from './publish.ts'
import { quota } from './quota.ts'
import { scale } from './scale.ts'
import { shared } from './shared.ts'
import { start } from './start.ts'

const BENCHES: readonly Bench[] = [quota, shared, pipeline, memory, publish, scale, fair, fleet, pages, start]

const output = createOutput()
const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } })
const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name))
if (unknown.length > 0) {
  output.error(`There is no bench ${unknown.join(', ')}; choose among ${BENCHES.map(({ name }) => name).join(', ')}.`)
  process.exit(1)
}

for (const bench of BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  output.line(`${bench.name}: ${bench.measures}`)
  const outcome = await bench.run()
  if (values.json) output.json({ bench: bench.name, machine: machine(), ...outcome })
  else print(outcome)
  if (outcome.goals.some(({ met }) => !met)) process.exitCode = 1
}

function print({ goals, rows }: Outcome): void {
  const [first = {}] = rows
  output.table(
    Object.keys(first),
    rows.map((row) => Object.values(row)),
  )
  output.line()
  output.table(
    ['Goal', 'Value', 'Wanted', ''],
    goals.map(({ name, value, goal, met }) => [name, value, goal, met ? '✓' : '✗']),
  )
  output.line()
}
