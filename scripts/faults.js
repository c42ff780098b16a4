// The fault matrix in long rounds: `npm run faults -- --rounds 20 --seed 7 [file…]`. The same seed strikes in the same
// order; figures come last, in one table.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { startVitest } from 'vitest/node'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '1' }, seed: { type: 'string' } },
})
const rounds = Number(values.rounds)
const seed = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed)
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  process.stderr.write('--rounds and --seed must be whole numbers, the first at least 1.\n')
  process.exit(1)
}

const figures = new Table({
  head: ['test', 'figure', 'value'],
  colWidths: [60, 40, 14],
  wordWrap: true,
  style: { head: [], border: [] },
})
const collector = {
  onTestCaseResult(test) {
    for (const { name, value, unit } of test.meta().figures ?? []) {
      figures.push([test.name, name, `${Math.round(value * 100) / 100} ${unit}`.trim()])
    }
  },
}

process.stdout.write(`${rounds} ${rounds === 1 ? 'round' : 'rounds'}, seed ${seed}\n`)
const files = positionals.length > 0 ? positionals.map((file) => `test/faults/${file}`) : ['test/faults/']
const vitest = await startVitest('test', files, {
  watch: false,
  provide: { faultRounds: rounds, faultSeed: seed },
  reporters: ['verbose', collector],
})
await vitest.close()
process.stdout.write(`\n${figures}\n\n${rounds} ${rounds === 1 ? 'round' : 'rounds'}, seed ${seed}\n`)
