import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'

/** `complete SHELL`: a script for a shell, which asks `complete -- …` for what may come next. Comes after all other commands. */
export function register(program: Command, context: CommandContext): void {
  const root = tab(program)
  let names: readonly string[] = []
  const wanted = [...root.commands].filter(([path, command]) => takesDataflow(path) && command.arguments.has('name'))
  for (const [, command] of wanted)
    command.argument('name', (propose) => names.forEach((name) => void propose(name, '')))

  const complete = program.commands.find((command) => command.name() === 'complete')
  complete?.hook('preAction', async (_, { args }) => {
    const line = args.join(' ')
    if (wanted.some(([path]) => line.startsWith(`${path} `))) names = await dataflowNames(context)
  })
  if (complete)
    examples(
      complete.description('Print a script that completes command lines, for bash, zsh, fish or powershell'),
      'source <(poolkeeper complete bash)',
      'poolkeeper complete zsh > ~/.zfunc/_poolkeeper',
      'poolkeeper complete fish > ~/.config/fish/completions/poolkeeper.fish',
    )
}

/** What is created has a name that nobody has yet. */
function takesDataflow(path: string): boolean {
  return !path.endsWith(' create')
}

/** Somebody has pressed a key, and waits. */
const PATIENCE_MS = 3_000

/** None where the servers are away or refuse: an error would stand in the middle of what somebody types. */
async function dataflowNames(context: CommandContext): Promise<string[]> {
  const impatience = setTimeout(() => process.exit(), PATIENCE_MS)
  try {
    const [{ withOperations }, { listed }] = await Promise.all([import('../operations.ts'), import('../listed.ts')])
    const dataflows = await withOperations(context.config, (perform) => listed(perform, 'listDataflows', {}))
    return dataflows.map(({ name }) => name)
  } catch {
    return []
  } finally {
    clearTimeout(impatience)
  }
}
