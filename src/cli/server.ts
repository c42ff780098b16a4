import type { Command } from 'commander'
import { checkedAddress } from '../access/address.ts'
import type { Config } from '../config.ts'
import { AskError } from '../errors.ts'

/**
 * `--server` and its value in front of the command, wherever they stood: commander takes an option of the whole program there
 * alone.
 */
export function serverFirst(args: readonly string[]): string[] {
  const at = args.findIndex((arg) => arg === '--server' || arg.startsWith('--server='))
  if (at < 0) return [...args]
  const values = args[at] === '--server' ? 2 : 1
  return [...args.slice(at, at + values), ...args.slice(0, at), ...args.slice(at + values)]
}

/**
 * The configuration with the server that `--server` names.
 * @throws AskError 'unauthorized' where there is no token to show it, 'bad-input' for what is no address
 */
export function withServer(config: Config, url: string | undefined): Config {
  if (url === undefined) return config
  if (config.token !== undefined) return { ...config, url: checkedAddress(url) }
  throw new AskError(
    'unauthorized',
    'A server wants to know who asks.',
    'Set POOLKEEPER_TOKEN to a token that `poolkeeper token create` has made there.',
  )
}

/** A hook for commands that no API stands for. @throws AskError when a server is named in the command line */
export function refuseServer(_: Command, command: Command): void {
  if (command.optsWithGlobals<{ server?: string }>().server === undefined) return
  const typed = command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name()
  throw new AskError(
    'bad-input',
    `\`${typed}\` is about this machine and its servers, and no API does it.`,
    'Leave --server out, and run it there.',
  )
}
