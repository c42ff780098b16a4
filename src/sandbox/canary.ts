/**
 * Stands in every secret that Cognito gives to those who may describe things: client secrets, private keys, pre-signed
 * URLs. None of them may ever be kept, so whoever finds this in a table, a log or a queue has found a leak.
 */
export const SECRET_CANARY = 'sandbox-canary-secret'
