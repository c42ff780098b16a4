import type { AuthEventType, EventResponseType, EventType } from '@aws-sdk/client-cognito-identity-provider'
import type { SandboxUser } from './people.ts'
import { DEVICE_NAMES, ipAddress, PLACES } from './places.ts'
import { hash, Random, uuidOf } from './random.ts'

/** An event as AdminListUserAuthEvents gives it. */
export type SandboxAuthEvent = ReturnType<typeof makeEvent>

const LATER_TYPES: readonly [EventType, ...EventType[]] = [
  ...(['SignIn', 'SignIn', 'SignIn', 'SignIn', 'SignIn'] as const),
  ...(['ForgotPassword', 'PasswordChange', 'ResendCode'] as const),
]

/** Most people have a handful of events; few have more than a page of 60 holds. */
const USUAL = 13
const MANY = 150

const DAY_MS = 86_400_000

/** What somebody did since they signed up, newest first. */
export function authEventsOf(seed: number, sub: string, { UserCreateDate }: SandboxUser): SandboxAuthEvent[] {
  const random = new Random(hash(seed, `auth events ${sub}`))
  const events: SandboxAuthEvent[] = []
  let at = UserCreateDate.getTime()
  for (let left = random.chance(0.01) ? MANY : random.below(USUAL); left > 0; left--) {
    const type = events.length === 0 ? 'SignUp' : random.pick(LATER_TYPES)
    events.unshift(makeEvent(uuidOf(seed, `auth event ${sub} ${events.length}`), type, at, random))
    at += 1_000 + random.below(2 * DAY_MS)
  }
  return events
}

function makeEvent(EventId: string, EventType: EventType, at: number, random: Random) {
  const outcome = random.chance(0.85) ? 'Pass' : random.pick(['Fail', 'InProgress'])
  return {
    EventId,
    EventType,
    CreationDate: new Date(at),
    EventResponse: outcome,
    EventRisk: risk(random),
    ChallengeResponses: EventType === 'SignIn' ? challenges(random, outcome) : [],
    EventContextData: context(random),
    ...(random.chance(0.05) && { EventFeedback: feedback(random, at) }),
  } satisfies AuthEventType
}

/** Where there is no risk there is no level of it. */
function risk(random: Random) {
  if (random.chance(0.9)) return { RiskDecision: 'NoRisk', CompromisedCredentialsDetected: false } as const
  return {
    RiskDecision: random.pick(['AccountTakeover', 'Block']),
    CompromisedCredentialsDetected: random.chance(0.3),
    RiskLevel: random.pick(['Low', 'Medium', 'High']),
  } as const
}

function challenges(random: Random, outcome: EventResponseType) {
  const answer = (ChallengeName: 'Password' | 'Mfa', good: boolean) =>
    ({ ChallengeName, ChallengeResponse: good ? 'Success' : 'Failure' }) as const
  if (outcome === 'Fail') return [answer('Password', false)]
  return random.chance(0.2) ? [answer('Password', true), answer('Mfa', outcome === 'Pass')] : [answer('Password', true)]
}

/** An address that no database knows has no town. */
function context(random: Random) {
  const known = random.chance(0.95) && random.pick(PLACES)
  return { IpAddress: ipAddress(random), DeviceName: random.pick(DEVICE_NAMES), ...known }
}

function feedback(random: Random, at: number) {
  const FeedbackValue = random.pick(['Valid', 'Invalid'])
  return { FeedbackValue, Provider: 'Admin', FeedbackDate: new Date(at + DAY_MS / 2) } as const
}
