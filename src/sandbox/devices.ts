import type { DeviceType } from '@aws-sdk/client-cognito-identity-provider'
import type { SandboxUser } from './people.ts'
import { DEVICE_NAMES, ipAddress } from './places.ts'
import { hash, Random, uuidOf } from './random.ts'

/** A device as AdminListDevices gives it. */
export type SandboxDevice = ReturnType<typeof makeDevice>

interface Owner {
  /** Under which name Cognito knows them within the account, such as `ada.us-east-1_A1b2C3d4E`. */
  readonly name: string
  readonly since: number
  readonly accountId: string
  readonly region: string
}

const MOST = 3
const MONTH_MS = 30 * 86_400_000

/** None to three devices a user, all of them met within a few months after sign-up. */
export function devicesOf(
  seed: number,
  sub: string,
  { Username, UserCreateDate }: SandboxUser,
  { id, accountId, region }: { id: string; accountId: string; region: string },
): SandboxDevice[] {
  const random = new Random(hash(seed, `devices ${sub}`))
  const owner = { name: `${Username}.${id}`, since: UserCreateDate.getTime(), accountId, region }
  return Array.from({ length: random.below(MOST + 1) }, (_, at) =>
    makeDevice(`${region}_${uuidOf(seed, `device ${sub} ${at}`)}`, owner, random),
  )
}

/** The names of the attributes are those of the AWS CLI's example for admin-list-devices. */
function makeDevice(DeviceKey: string, { name, since, accountId, region }: Owner, random: Random) {
  const created = since + random.below(MONTH_MS)
  const authenticated = created + random.below(MONTH_MS)
  return {
    DeviceKey,
    DeviceAttributes: [
      { Name: 'device_status', Value: 'valid' },
      { Name: 'device_name', Value: random.pick(DEVICE_NAMES) },
      { Name: 'dev:device_arn', Value: `arn:aws:cognito-idp:${region}:${accountId}:owner/${name}/device/${DeviceKey}` },
      { Name: 'dev:device_owner', Value: name },
      { Name: 'last_ip_used', Value: ipAddress(random) },
      { Name: 'dev:device_remembered_status', Value: random.pick(['remembered', 'not_remembered']) },
    ],
    DeviceCreateDate: new Date(created),
    DeviceLastModifiedDate: new Date(authenticated),
    DeviceLastAuthenticatedDate: new Date(authenticated),
  } satisfies DeviceType
}
