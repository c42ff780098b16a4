import { faultsAmong } from '../cognito/connect.ts'
import { Unsuccessful } from './exitCode.ts'

/** @throws Unsuccessful with what Cognito has refused, where it did */
export function refuseFaults(checks: Parameters<typeof faultsAmong>[0]): void {
  const faults = faultsAmong(checks)
  if (faults.length > 0) throw new Unsuccessful(faults.map(({ description }) => description).join(' '))
}
