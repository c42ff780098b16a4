import type { Role } from '../db/role.ts'
import type { audit } from '../db/schema/access.ts'
import { AskError } from '../errors.ts'

/** What somebody may do, and with which dataflows. */
export interface Grants {
  readonly role: Role
  /** Whether personal values are shown as they are; otherwise they are masked. */
  readonly personal: boolean
  /** The ids of the dataflows that it is for; null: all of them. */
  readonly dataflows: readonly number[] | null
}

/** Who asks for something, for deciding whether they may and for writing down that they did. */
export interface Caller extends Grants {
  readonly name: string
  readonly via: (typeof audit.$inferSelect)['via']
  readonly tokenId: number | null
  /** The address that the request came from, or the host on which the command runs. */
  readonly origin: string
  readonly requestId: string | null
}

/** From the one who may least to the one who may most; each may what those before may. */
export const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']

/** Everything: for whoever may run commands on the database itself. */
export const EVERYTHING_GRANTED: Grants = { role: 'admin', personal: true, dataflows: null }

/** Whether a role may do what needs another. */
export function mayAct(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

/** Whether a dataflow is among those that somebody's grants are for. */
export function mayTouch({ dataflows }: Pick<Grants, 'dataflows'>, dataflowId: number): boolean {
  return dataflows === null || dataflows.includes(dataflowId)
}

/** What a role gives: an admin sees personal values anyway, because nothing keeps them from granting it to themselves. */
export function grantsOf(role: Role, personal: boolean, dataflows: Grants['dataflows']): Grants {
  return { role, personal: personal || role === 'admin', dataflows }
}

/** What all the groups that somebody is in give together; undefined when none of them gives anything. */
export function grantsOfGroups(
  groups: readonly string[],
  mapped: readonly { readonly group: string; readonly role: Role; readonly personal: boolean }[],
): Grants | undefined {
  const theirs = mapped.filter(({ group }) => groups.includes(group))
  const role = ROLES.findLast((role) => theirs.some((mapping) => mapping.role === role))
  const personal = theirs.some((mapping) => mapping.personal)
  return role && grantsOf(role, personal, null)
}

/** Whether somebody may hand out these grants: nothing that they have not got themselves. */
export function mayGrant(own: Grants, wanted: Grants): boolean {
  const within = own.dataflows === null || (wanted.dataflows?.every((id) => mayTouch(own, id)) ?? false)
  return within && mayAct(own.role, wanted.role) && (own.personal || !wanted.personal)
}

/** What something takes of whoever asks for it. */
export interface Needs {
  readonly role: Role
  /** It is about everything there is: who is limited to some dataflows may not. */
  readonly everything?: true
}

/** @throws AskError 'forbidden', with what it would take */
export function refuseWhoMayNot({ role, dataflows }: Grants, needs: Needs): void {
  if (!mayAct(role, needs.role)) {
    throw new AskError(
      'forbidden',
      `This takes the role ${needs.role}, and you have the role ${role}.`,
      'Ask an admin.',
    )
  }
  if (needs.everything && dataflows !== null) {
    throw new AskError('forbidden', 'This is about all dataflows, and you may work with some of them.', 'Ask an admin.')
  }
}
