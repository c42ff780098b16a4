import { createOutput } from './output.ts'
import { runProgram } from './program.ts'

// A reader that has seen enough (`| head`) closes our stdout; that is no failure.
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await runProgram(process.argv.slice(2), createOutput())
