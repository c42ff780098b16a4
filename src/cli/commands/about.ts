import type { Command } from 'commander'
import type { Output as Answer } from '../../api/contract.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('about')
      .description('Show what runs there: versions, schedulers and workers, and the keys that secrets are sealed under')
      .option('--json', 'print JSON on stdout')
      .action((options: { json?: boolean }) => about(context, options)),
    'poolkeeper about',
  )
}

async function about({ config, output }: CommandContext, { json }: { json?: boolean }): Promise<void> {
  const { withOperations } = await import('../operations.ts')
  const found = await withOperations(config, (perform) => perform('showAbout', {}))
  if (json) return output.json(found)
  const { version, node, postgres, redis, keys } = found
  output.line(`Poolkeeper ${version} on Node ${node}, with Postgres ${postgres}.`)
  output.line(
    redis
      ? `Redis ${redis.version} sees schedulers: ${redis.schedulers}, workers: ${redis.workers}.`
      : 'Redis is not answering, so schedulers and workers are not seen.',
  )
  for (const key of keys) output.line(describeKey(key))
}

function describeKey({ id, given, sealsNew, secrets }: Answer<'showAbout'>['keys'][number]): string {
  const state = given ? (sealsNew ? 'seals new ones' : 'opens them') : 'missing from POOLKEEPER_KEY'
  return `Key ${id}: ${secrets} stored secrets, ${state}.`
}
