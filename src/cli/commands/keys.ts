import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

export function register(program: Command, context: CommandContext): void {
  examples(
    program
      .command('keys')
      .description('Look after the keys that credentials are sealed under')
      .command('rotate')
      .description('Put every stored secret under the first key of POOLKEEPER_KEY, so that the others can be taken out')
      .option('--json', 'print JSON on stdout')
      .action((options: { json?: boolean }) => rotate(context, options)),
    'POOLKEEPER_KEY=new,old poolkeeper keys rotate',
  )
}

async function rotate({ config, output }: CommandContext, { json }: { json?: boolean }): Promise<void> {
  const [{ withLocal }, { audited }, { rotateKeys }] = await Promise.all([
    import('../local.ts'),
    import('../../operations/audited.ts'),
    import('../../dataflow/sealedSecrets.ts'),
  ])
  await withLocal(config, async (context) => {
    const { keys } = context
    const key = keys[0]?.id ?? null
    const entry = (rotated: number) => ({ action: 'rotateKeys', details: { rotated, key } })
    const rotated = await audited(context, entry, (tx) => rotateKeys(tx, keys))
    if (json) return output.json({ rotated, key })
    output.line(
      rotated > 0
        ? `${rotated} stored secrets are under the key ${key} now; the other keys can go.`
        : 'There was nothing to do: no secret is sealed under another key.',
    )
  })
}
