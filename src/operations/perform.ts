import { refuseWhoMayNot } from '../access/caller.ts'
import { type Call, CONTRACT, inputOf, type Output } from '../api/contract.ts'
import { type OperationName, ROUTES } from '../api/routes.ts'
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
  refuseWhoMayNot(context.caller, ROUTES[name])
  const handle = HANDLERS[name]
  const input = parseInput(inputOf(name), call)
  const result = await handle(context, input as Parameters<typeof handle>[1])
  // what the contract does not name does not get out
  return CONTRACT[name].output.parse(result) as Output<Name>
}
