import { setTimeout as delay } from 'node:timers/promises'
import type { Cloud } from './cloud.ts'
import { rateExceeded, ServiceError } from './errors.ts'
import type { Strikes } from './faults.ts'
import type { Operation } from './operations/call.ts'
import { OPERATIONS } from './operations/operations.ts'
import { type Input, poolNamedIn } from './parameters.ts'
import { authorize, type Caller } from './principals.ts'
import { type Protocol, protocolOf, type Reply } from './protocol.ts'
import type { SignedRequest } from './signature.ts'

/** The answer to one request; 'reset' asks for the connection to be cut instead. */
export type Answer = Reply | 'reset'

/** Answers a request as AWS would: who is it, may they, not too often, then the operation itself. */
export async function answer(cloud: Cloud, request: SignedRequest, requestId: string): Promise<Answer> {
  const protocol = protocolOf(request)
  try {
    return await process(cloud, protocol, request, requestId)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    if (error.name === 'TooManyRequestsException') cloud.requests.throttled++
    return protocol.failure(error, requestId)
  }
}

async function process(cloud: Cloud, protocol: Protocol, request: SignedRequest, requestId: string): Promise<Answer> {
  const { operation, input } = protocol.read(request)
  const known = findOperation(protocol, operation)
  count(cloud, operation)
  const strikes = cloud.faults.strike({ operation, input })
  await takeTime(cloud, strikes)
  if (strikes.has('reset')) return 'reset'
  if (strikes.has('html503')) return LOAD_BALANCER_PAGE
  throwFaults(strikes)
  const caller = cloud.principals.authenticate(request)
  authorizeCall(caller, known, operation, input)
  chargeQuota(cloud, caller, known, operation, input)
  const result = known.answer(cloud, { operation, input, requestId, caller, strikes })
  return protocol.success(result, operation, requestId)
}

function findOperation(protocol: Protocol, operation: string): Operation {
  const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
  if (known?.service === protocol.service) return known
  throw new ServiceError('UnknownOperationException', `The sandbox knows no operation ${operation}.`)
}

function count({ requests }: Cloud, operation: string): void {
  requests.total++
  requests.operations[operation] = (requests.operations[operation] ?? 0) + 1
}

async function takeTime({ latency }: Cloud, strikes: Strikes): Promise<void> {
  const usualMs = latency.meanMs * (0.5 + latency.random.next())
  const slowMs = strikes.get('slow')?.ms ?? 0
  if (usualMs + slowMs > 0) await delay(usualMs + slowMs)
}

function throwFaults(strikes: Strikes): void {
  if (strikes.has('throttle')) throw rateExceeded()
  if (strikes.has('error500')) throw new ServiceError('InternalErrorException', 'Internal server error', 500)
}

function authorizeCall({ principal, region }: Caller, { service }: Operation, operation: string, input: Input): void {
  if (service !== 'cognito-idp') return // STS asks the role, see Principals.assumeRole
  const pool = input.UserPoolId === undefined ? '*' : `userpool/${String(input.UserPoolId)}`
  const resource = input.ResourceArn ?? `arn:aws:cognito-idp:${region}:${principal.accountId}:${pool}`
  authorize(principal, `${service}:${operation}`, String(resource))
}

function chargeQuota(cloud: Cloud, caller: Caller, { category }: Operation, operation: string, input: Input): void {
  if (!category) return
  cloud.quota.charge(category, caller.principal.accountId, caller.region, operation, String(poolNamedIn(input) ?? ''))
}

/** What stands in for an answer when the front of a service is down. */
const LOAD_BALANCER_PAGE: Reply = {
  status: 503,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>503 Service Temporarily Unavailable</title></head><body><h1>503</h1></body></html>',
}
