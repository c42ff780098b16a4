import { refuseWhoMayNot } from '../access/caller.ts'
import { type Call, CONTRACT, inputOf, type Output } from '../api/contract.ts'
import type { OperationSchemas } from '../api/operation.ts'
import { type OperationName, ROUTES, type Route } from '../api/routes.ts'
import { parseInput } from '../dataflow/input.ts'
import type { OperationContext } from './context.ts'
import { HANDLERS } from './handlers.ts'

/**
 * Does an operation for its caller: the one door that the API, the dashboard's pages and the command line come through.
 * @throws AskError 'forbidden', 'bad-input' with every problem at once, or what the operation throws
 */
export async function perform<Name extends OperationName>(
  context: OperationContext,
  name: Name,
  call: Call<Name>,
): Promise<Output<Name>> {
  return (await performAny(context, name, call)) as Output<Name>
}

/** The same for whoever does not know which operation it is, nor whether the call is one. */
export async function performAny(context: OperationContext, name: OperationName, call: unknown): Promise<unknown> {
  refuseWhoMayNot(context.caller, ROUTES[name])
  const handle = HANDLERS[name] as (context: OperationContext, input: unknown) => Promise<unknown>
  return named(name, await handle(context, parseInput(inputOf(name), call)))
}

/** What the contract does not name does not get out. */
function named(name: OperationName, result: unknown): unknown {
  const { streams }: Route = ROUTES[name]
  const { output }: OperationSchemas = CONTRACT[name]
  if (streams === 'text') return result
  return streams === 'events' ? eachNamed(output, result as AsyncIterable<unknown>) : output.parse(result)
}

async function* eachNamed(
  output: OperationSchemas['output'],
  results: AsyncIterable<unknown>,
): AsyncGenerator<unknown> {
  for await (const result of results) yield output.parse(result)
}
