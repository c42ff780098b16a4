/** A half-open socket must not hang a stream: without these it did for as long as TCP retransmits. */
const CONNECTION_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 15_000

/**
 * Room for all streams of a run in one worker, and for two pages of users who are asked about one by one: a request that
 * waited for a socket would go out at another moment than the quota's.
 */
const SOCKETS = { keepAlive: true, maxSockets: 200 }

/** How AWS is talked to, Cognito and STS alike; by default the SDK waits for an answer for ever. */
export const REQUEST_HANDLER = {
  connectionTimeout: CONNECTION_TIMEOUT_MS,
  // Two clocks: until the headers are there (the SDK only warns unless told to throw), then between bytes of the body.
  requestTimeout: REQUEST_TIMEOUT_MS,
  throwOnRequestTimeout: true,
  socketTimeout: REQUEST_TIMEOUT_MS,
  httpAgent: SOCKETS,
  httpsAgent: SOCKETS,
}
