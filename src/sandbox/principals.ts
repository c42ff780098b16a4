import { ServiceError } from './errors.ts'
import { hash, Random } from './random.ts'
import { readSignature, type SignedRequest, verifySignature } from './signature.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Somebody who may sign requests: an IAM user, or the session of a role. */
export interface Principal {
  readonly arn: string
  readonly accountId: string
  readonly credentials: Credentials
  /** IAM actions that no policy allows, such as `cognito-idp:ListGroups`. */
  readonly denied: readonly string[]
  /** Milliseconds since 1970; an IAM user's keys never expire. */
  readonly expiresAt: number
}

/** The caller of one request, and the Region that the request was signed for. */
export interface Caller {
  readonly principal: Principal
  readonly region: string
}

export interface PrincipalOptions {
  readonly name?: string
  /** Default: the sandbox's own account. */
  readonly accountId?: string
  readonly denied?: readonly string[]
  /** Temporary credentials whose session has ended. */
  readonly expired?: boolean
}

export interface RoleOptions {
  readonly name?: string
  /** What the trust policy asks for; without it any external id will do, as in AWS. */
  readonly externalId?: string
  readonly denied?: readonly string[]
}

interface Role {
  readonly arn: string
  readonly name: string
  readonly accountId: string
  readonly externalId: string | undefined
  readonly denied: readonly string[]
}

const KEY_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const SECRET_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The IAM of the sandbox: who may sign, who may do what, and the roles that they may assume. */
export class Principals {
  readonly #random: Random
  readonly #accountId: string
  readonly #byAccessKey = new Map<string, Principal>()
  readonly #roles = new Map<string, Role>()

  constructor(seed: number, accountId: string) {
    this.#random = new Random(hash(seed, 'principals'))
    this.#accountId = accountId
  }

  /** Adds an IAM user and answers its keys. */
  add(options: PrincipalOptions = {}): Credentials {
    const { name = `user-${this.#byAccessKey.size + 1}`, accountId = this.#accountId, denied = [] } = options
    return this.#enter({
      arn: `arn:aws:iam::${accountId}:user/${name}`,
      accountId,
      denied,
      credentials: this.#newKeys(options.expired === true),
      expiresAt: options.expired ? 0 : Number.POSITIVE_INFINITY,
    })
  }

  /** Adds a role that every user of the sandbox's account may assume, and answers its ARN. */
  addRole(options: RoleOptions = {}): string {
    const { name = `role-${this.#roles.size + 1}`, externalId, denied = [] } = options
    const arn = `arn:aws:iam::${this.#accountId}:role/${name}`
    this.#roles.set(arn, { arn, name, accountId: this.#accountId, externalId, denied })
    return arn
  }

  /**
   * Finds out who signed a request, as AWS does.
   * @throws ServiceError UnrecognizedClientException, InvalidSignatureException or ExpiredTokenException.
   */
  authenticate(request: SignedRequest): Caller {
    const signature = readSignature(request)
    const principal = this.#byAccessKey.get(signature.accessKeyId)
    if (!principal || principal.credentials.sessionToken !== request.headers['x-amz-security-token']) {
      throw new ServiceError('UnrecognizedClientException', 'The security token included in the request is invalid.')
    }
    verifySignature(request, signature, principal.credentials.secretAccessKey)
    if (Date.now() >= principal.expiresAt) {
      throw new ServiceError('ExpiredTokenException', 'The security token included in the request is expired')
    }
    return { principal, region: signature.region }
  }

  /**
   * Opens a session of a role.
   * @param seconds how long its credentials are good for
   * @throws ServiceError AccessDenied when there is no such role or its trust policy asks for another external id: AWS
   *   tells the two apart no better.
   */
  assumeRole(caller: Principal, roleArn: string, externalId: string | undefined, session: string, seconds: number) {
    const role = this.#roles.get(roleArn)
    const trusted = role && (role.externalId === undefined || role.externalId === externalId)
    if (!trusted || caller.denied.includes('sts:AssumeRole')) {
      throw new ServiceError(
        'AccessDenied',
        `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
        403,
      )
    }
    return this.openSession(roleArn, session, seconds)
  }

  /** Opens one for whoever need not ask: the machine that a role was given to. */
  openSession(roleArn: string, session: string, seconds: number) {
    const role = this.#roles.get(roleArn)
    if (!role) throw new RangeError(`the sandbox has no role ${roleArn}`)
    const arn = `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${session}`
    const expiresAt = Date.now() + seconds * 1_000
    const { accountId, denied } = role
    const credentials = this.#enter({ arn, accountId, denied, credentials: this.#newKeys(true), expiresAt })
    return { arn, credentials, expiresAt }
  }

  /** Ends every session, as if its time had come. */
  endSessions(): void {
    for (const principal of this.#byAccessKey.values()) {
      if (Number.isFinite(principal.expiresAt)) this.#enter({ ...principal, expiresAt: 0 })
    }
  }

  #enter(principal: Principal): Credentials {
    this.#byAccessKey.set(principal.credentials.accessKeyId, principal)
    return principal.credentials
  }

  /** Keys that say where they come from, so that nobody takes one in a log for a real secret. */
  #newKeys(temporary: boolean): Credentials {
    return {
      accessKeyId: `${temporary ? 'ASIA' : 'AKIA'}SANDBOX${this.#random.text(9, KEY_ALPHABET)}`,
      secretAccessKey: `sandbox/${this.#random.text(32, SECRET_ALPHABET)}`,
      ...(temporary && { sessionToken: `sandbox${this.#random.text(121, SECRET_ALPHABET)}` }),
    }
  }
}

/**
 * @param action such as `cognito-idp:ListUsers`
 * @throws ServiceError AccessDeniedException, in AWS's words.
 */
export function authorize({ arn, denied }: Principal, action: string, resource: string): void {
  if (!denied.includes(action)) return
  throw new ServiceError(
    'AccessDeniedException',
    `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  )
}
