import { CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import { isThrottling } from '../src/cognito/errors.ts'
import type { SandboxAt } from './stage.ts'

export interface ForeignCounts {
  readonly answered: number
  readonly throttled: number
}

/** Somebody else in the account who lists users at an even rate, knows nothing of Poolkeeper, and tries nothing again. */
export class ForeignConsumer {
  readonly #client: CognitoIdentityProviderClient
  readonly #timer: NodeJS.Timeout
  readonly #underWay = new Set<Promise<void>>()
  #counts = { answered: 0, throttled: 0 }

  constructor({ endpoint, region, credentials, poolId }: SandboxAt, requestsPerSecond: number) {
    this.#client = new CognitoIdentityProviderClient({
      region,
      endpoint,
      credentials: { ...credentials },
      maxAttempts: 1,
    })
    this.#timer = setInterval(() => this.#begin(poolId), 1_000 / requestsPerSecond)
  }

  #begin(poolId: string): void {
    const request = this.#ask(poolId).finally(() => this.#underWay.delete(request))
    this.#underWay.add(request)
  }

  async #ask(UserPoolId: string): Promise<void> {
    try {
      await this.#client.send(new ListUsersCommand({ UserPoolId, Limit: 1 }))
      this.#counts.answered++
    } catch (error) {
      if (!isThrottling(error)) throw error
      this.#counts.throttled++
    }
  }

  counts(): ForeignCounts {
    return { ...this.#counts }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#underWay)
    this.#client.destroy()
  }
}
