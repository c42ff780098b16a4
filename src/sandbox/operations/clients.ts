import type { Cloud } from '../cloud.ts'
import { notFound } from '../errors.ts'
import { optionalMaxResultsOf, requiredText } from '../parameters.ts'
import { wire } from '../wire.ts'
import { type Call, cognito, named, type Operations, pageOf, poolOf } from './call.ts'

/** What is asked of a pool's app clients. */
export const CLIENT_OPERATIONS: Operations = {
  ListUserPoolClients: cognito('UserPoolClientRead', listUserPoolClients),
  DescribeUserPoolClient: cognito('UserPoolClientRead', describeUserPoolClient),
}

function listUserPoolClients(cloud: Cloud, call: Call) {
  const limit = optionalMaxResultsOf(call.input)
  const pool = poolOf(cloud, call)
  const page = pageOf(cloud, call, 'NextToken', limit, [pool.id], (after) =>
    named(pool.clients(), ({ ClientId }) => ClientId, after),
  )
  const listed = page.entries.map(({ item: { ClientId, UserPoolId, ClientName } }) => ({
    ClientId,
    UserPoolId,
    ClientName,
  }))
  return { UserPoolClients: listed, NextToken: page.token }
}

function describeUserPoolClient(cloud: Cloud, call: Call) {
  const id = requiredText(call.input, 'ClientId')
  const client = poolOf(cloud, call).client(id)
  if (!client) throw notFound(`User pool client ${id} does not exist.`)
  return { UserPoolClient: wire(client) }
}
