import type { CreateInput } from '../../src/dataflow/input.ts'

export const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

export const ACCESS_KEY = {
  kind: 'access-key',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: SECRET,
} as const

export const ROLE = { kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/poolkeeper' } as const

/** A dataflow that is fine as it is, with what a test wants otherwise. */
export function example(changes: Partial<CreateInput> = {}): CreateInput {
  return { name: 'CustomerPool', poolId: 'eu-central-1_AbCdEf123', credentials: ACCESS_KEY, ...changes }
}
