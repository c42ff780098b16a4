import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { invalidParameter } from './errors.ts'

/** Where a listing goes on. */
export interface Mark {
  /** What the listing was asked for; a token is good for nothing else. */
  readonly binding: string
  readonly cursor: string
  /** How many pages came before. */
  readonly page: number
}

const IV_BYTES = 12
const TAG_BYTES = 16

/** Page tokens: sealed, so that no client can lean on what is in one, bound to their request, and good for a while. */
export class PageTokens {
  readonly #key: Buffer
  readonly #lifetimeMs: number

  constructor(seed: number, lifetimeMs: number) {
    this.#key = createHash('sha256').update(`page tokens ${seed}`).digest()
    this.#lifetimeMs = lifetimeMs
  }

  seal(mark: Mark): string {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv)
    const text = JSON.stringify([Date.now(), mark.binding, mark.cursor, mark.page])
    const sealed = [iv, cipher.update(text, 'utf8'), cipher.final()]
    return Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64')
  }

  /**
   * @param requestId for the message, as Cognito has it
   * @throws ServiceError InvalidParameterException: no token of ours, another request's, or too old.
   */
  open(token: string, binding: string, requestId: string): Mark {
    const [issuedAt, ...rest] = this.#unseal(token) ?? []
    const [bound, cursor, page] = rest
    if (issuedAt === undefined || bound !== binding || cursor === undefined || page === undefined) {
      throw invalidParameter(`Paging marker ${token} is invalid for request ${requestId}`)
    }
    if (Date.now() - issuedAt >= this.#lifetimeMs) throw expiredToken()
    return { binding, cursor, page }
  }

  #unseal(token: string): [number, string, string, number] | undefined {
    const bytes = Buffer.from(token, 'base64')
    if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    try {
      const text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      return JSON.parse(text)
    } catch {
      return undefined // somebody else's token, or a changed one: the caller says so
    }
  }
}

/** The wire error of an expired token is unconfirmed; of the errors that ListUsers has, this is the one that fits. */
export const expiredToken = () => invalidParameter('The pagination token has expired.')
