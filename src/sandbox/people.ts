import { CULTURES, type Culture, ODD_TEXTS } from './names.ts'
import { hash, Random } from './random.ts'

/** A user as ListUsers gives it (the SDK's `UserType`, with nothing optional). */
export interface SandboxUser {
  readonly Username: string
  readonly Attributes: readonly { readonly Name: string; readonly Value: string }[]
  readonly UserCreateDate: Date
  readonly UserLastModifiedDate: Date
  readonly Enabled: boolean
  readonly UserStatus: string
}

/** Everything a user is made of, attributes by name. */
export interface Person {
  readonly username: string
  readonly attributes: Readonly<Record<string, string>>
  readonly created: Date
  readonly modified: Date
  readonly enabled: boolean
  readonly status: string
}

interface Identity {
  readonly culture: Culture
  readonly given: string
  readonly family: string
  readonly provider: Provider | undefined
  readonly username: string
}

/** An identity provider, and how it names the people it sends. */
interface Provider {
  readonly name: string
  readonly type: string
  readonly userId: (sub: string) => string
}

const PROVIDERS: readonly [Provider, ...Provider[]] = [
  { name: 'Google', type: 'Google', userId: (sub) => `1173${decimals(sub, 17)}` },
  { name: 'Facebook', type: 'Facebook', userId: (sub) => decimals(sub, 16) },
  { name: 'SignInWithApple', type: 'SignInWithApple', userId: (sub) => `000${tail(sub, 3)}.${hex(sub)}.0456` },
  { name: 'Okta-SAML', type: 'SAML', userId: (sub) => `person.${tail(sub, 10)}@corp.example` },
]

/** Nine in ten are CONFIRMED; every other status that the model knows has its share. */
const STATUSES: readonly [string, ...string[]] = [
  'UNCONFIRMED',
  'ARCHIVED',
  'COMPROMISED',
  'UNKNOWN',
  'RESET_REQUIRED',
  'FORCE_CHANGE_PASSWORD',
]

const DAY_MS = 86_400_000
const FIRST_SIGN_UP = Date.UTC(2018, 0, 1)

/** Who somebody is, out of their sub alone: a pool of a million keeps no more than its subs. */
export function usernameOf(seed: number, sub: string): string {
  return identify(new Random(hash(seed, sub)), sub).username
}

/** Somebody with all attributes, the same at each call. */
export function personOf(seed: number, sub: string): Person {
  const random = new Random(hash(seed, sub))
  const identity = identify(random, sub)
  const created = FIRST_SIGN_UP + random.below(2_400 * DAY_MS)
  const modified = created + 1_000 + random.below(180 * DAY_MS)
  return {
    username: identity.username,
    attributes: {
      sub,
      ...names(random, identity),
      ...contact(random, identity, sub),
      ...profile(random, identity, modified),
      ...custom(random, created),
      ...federation(identity, sub, created),
    },
    created: new Date(created),
    modified: new Date(modified),
    enabled: !random.chance(0.03),
    status: identity.provider ? 'EXTERNAL_PROVIDER' : random.chance(0.9) ? 'CONFIRMED' : random.pick(STATUSES),
  }
}

function identify(random: Random, sub: string): Identity {
  const culture = random.pick(CULTURES)
  const given = random.pick(culture.given)
  const family = random.pick(culture.family)
  const provider = random.chance(0.15) ? random.pick(PROVIDERS) : undefined
  const local = random.chance(0.6) ? sub : `${given}.${tail(sub, 8)}`.replaceAll(' ', '_')
  const username = provider ? `${provider.name.toLowerCase()}_${provider.userId(sub)}` : local
  return { culture, given, family, provider, username }
}

function names(random: Random, { culture, given, family }: Identity): Record<string, string> {
  return {
    name: culture.joined ? `${family}${given}` : `${given} ${family}`,
    given_name: given,
    family_name: family,
    ...(random.chance(0.05) && { middle_name: random.pick(culture.given) }),
    ...(random.chance(0.1) && { nickname: random.pick(ODD_TEXTS) }),
    ...(random.chance(0.2) && { preferred_username: `${given}${random.below(1_000)}`.toLowerCase() }),
  }
}

function contact(random: Random, { culture, given, family }: Identity, sub: string): Record<string, string> {
  const mailbox = [ascii(given), ascii(family), tail(sub, 5)].filter(Boolean).join('.')
  return {
    ...(random.chance(0.95) && {
      email: `${mailbox}@${random.pick(['example.com', 'example.org', 'mail.example.net'])}`,
      email_verified: random.chance(0.9) ? 'true' : 'false',
    }),
    ...(random.chance(0.4) && {
      phone_number: culture.dial + random.text(5, '0123456789'),
      phone_number_verified: random.chance(0.7) ? 'true' : 'false',
    }),
    ...(random.chance(0.3) && { address: random.chance(0.05) ? random.pick(ODD_TEXTS) : culture.address }),
  }
}

function profile(random: Random, { culture }: Identity, modified: number): Record<string, string> {
  return {
    ...(random.chance(0.6) && { locale: culture.locale, zoneinfo: culture.zone }),
    ...(random.chance(0.3) && { gender: random.pick(['female', 'male', 'non-binary', '女', 'f']) }),
    ...(random.chance(0.3) && { birthdate: new Date(random.below(15_000) * DAY_MS).toISOString().slice(0, 10) }),
    ...(random.chance(0.1) && { picture: `https://pictures.example.com/${random.text(40, '0123456789abcdef')}.jpg` }),
    ...(random.chance(0.05) && { website: 'https://example.com/?q=a&b=%20#ü' }),
    // An attribute's cap is 2,048 bytes: 512 times four of them.
    ...(random.chance(0.005) && { profile: '𠮷'.repeat(512) }),
    ...(random.chance(0.3) && { updated_at: String(Math.floor(modified / 1_000)) }),
  }
}

function custom(random: Random, created: number): Record<string, string> {
  return {
    ...(random.chance(0.5) && { 'custom:plan': random.pick(['free', 'team', 'enterprise', 'Ünlimited, "gold"']) }),
    ...(random.chance(0.3) && { 'custom:visits': random.chance(0.1) ? '-0.5' : String(random.below(100_000)) }),
    ...(random.chance(0.2) && { 'custom:joined_at': new Date(created).toISOString() }),
    ...(random.chance(0.3) && { 'custom:newsletter': random.chance(0.5) ? 'true' : 'false' }),
  }
}

function federation({ provider }: Identity, sub: string, created: number): Record<string, string> {
  if (!provider) return {}
  const { name, type, userId } = provider
  const link = { dateCreated: String(created), userId: userId(sub), providerName: name, providerType: type }
  return { identities: JSON.stringify([{ ...link, issuer: null, primary: 'true' }]) }
}

const hex = (sub: string) => sub.replaceAll('-', '')

const tail = (sub: string, length: number) => sub.slice(-length)

const decimals = (sub: string, length: number) =>
  BigInt(`0x${hex(sub)}`)
    .toString()
    .slice(-length)
    .padStart(length, '0')

/** The letters a-z of a name, without accents; empty for other scripts. */
const ascii = (name: string) =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '')
