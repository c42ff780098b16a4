import type { Cloud } from '../cloud.ts'
import { invalidParameter, ServiceError } from '../errors.ts'
import { parseFilter } from '../filter.ts'
import { everybody, filtered, without } from '../listing.ts'
import { limitOf, maxResultsOf, optionalText, requiredText } from '../parameters.ts'
import { wire, wireUser } from '../wire.ts'
import { type Call, cognito, numbered, type Operations, pageOf, poolOf, subOf } from './call.ts'

/** What is asked of a pool's users, all of them or one. */
export const USER_OPERATIONS: Operations = {
  ListUsers: cognito('UserList', listUsers),
  AdminGetUser: cognito('UserRead', adminGetUser),
  AdminListDevices: cognito('UserResourceRead', adminListDevices),
  AdminListUserAuthEvents: cognito('UserResourceRead', adminListUserAuthEvents),
}

function listUsers(cloud: Cloud, call: Call) {
  const limit = limitOf(call.input)
  const filterText = optionalText(call.input, 'Filter') ?? ''
  if (call.strikes.has('filterRefused')) throw invalidParameter('Error while parsing filter.')
  const filter = parseFilter(filterText)
  const pool = poolOf(cloud, call)
  cloud.churn.requestSeen(pool)
  const lost = filter && call.strikes.has('losingFilter')
  if (lost && filter.value.startsWith(call.strikes.get('losingFilter')?.prefix ?? '')) return { Users: [] }
  const page = pageOf(cloud, call, 'PaginationToken', limit, [pool.id, filterText], (after) =>
    without(call.strikes.get('losingList')?.prefix, filter ? filtered(pool, after, filter) : everybody(pool, after)),
  )
  return { Users: page.entries.map(({ key }) => wireUser(pool.userAt(key))), PaginationToken: page.token }
}

/** Whoever is asked for here is a monthly active user from then on, and billed as one; no list does that (service model). */
function adminGetUser(cloud: Cloud, call: Call) {
  const user = requiredText(call.input, 'Username')
  const pool = poolOf(cloud, call)
  const sub = subOf(pool, user)
  cloud.billedUsers.add(sub)
  const { Attributes, ...rest } = pool.userAt(sub)
  return wire({ ...rest, UserAttributes: Attributes, ...pool.mfaOf(sub) })
}

function adminListDevices(cloud: Cloud, call: Call) {
  const limit = limitOf(call.input)
  const user = requiredText(call.input, 'Username')
  const pool = poolOf(cloud, call)
  const devices = pool.devicesOf(subOf(pool, user))
  const page = pageOf(cloud, call, 'PaginationToken', limit, [pool.id, user], (after) => numbered(devices, after))
  return { Devices: page.entries.map(({ item }) => wire(item)), PaginationToken: page.token }
}

function adminListUserAuthEvents(cloud: Cloud, call: Call) {
  const limit = maxResultsOf(call.input, { least: 0 })
  const user = requiredText(call.input, 'Username')
  const pool = poolOf(cloud, call)
  if (pool.threatProtection === 'OFF') throw addOnNotEnabled()
  const events = pool.authEventsOf(subOf(pool, user))
  const page = pageOf(cloud, call, 'NextToken', limit, [pool.id, user], (after) => numbered(events, after))
  return { AuthEvents: page.entries.map(({ item }) => wire(item)), NextToken: page.token }
}

/** The message is the service model's description of the error: nobody has published the one on the wire. */
const addOnNotEnabled = () =>
  new ServiceError('UserPoolAddOnNotEnabledException', "User pool add-ons aren't enabled for this user pool.")
