import { AdminListDevicesCommand, type DeviceType } from '@aws-sdk/client-cognito-identity-provider'
import { column, RAW_VALUES, READ_AT, SUB_OF_USER } from '../columns.ts'
import { fieldMapper } from '../fieldMapper.ts'
import { PAGE_SIZE } from '../pageSize.ts'
import type { Listed, SourceTable } from '../sourceTable.ts'
import { listUserByUser, type UserRequest } from '../userByUser.ts'

/** The devices that each user has signed in from, where the pool remembers them. */
export const userDevices: SourceTable = {
  source: 'user_devices',
  byDefault: false,
  optIn: { operation: 'AdminListDevices', billsEachUser: false, needs: 'remembering devices' },
  operations: ['AdminListDevices'],
  rows: 'unknown',
  sampleStream: () => null,
  requests: ({ users }) => ({ AdminListDevices: users }),
  streams: () => [{ source: 'user_devices' }],
  listPage: listUserByUser(listDevices),
  shape: () => ({
    table: 'user_devices',
    comment: 'The devices of each user',
    columns: [
      SUB_OF_USER,
      column('device_key', 'text', 'DeviceKey', 'identifier'),
      column('name', 'text', 'DeviceAttributes.device_name', 'identifier', 'a browser and its version, or a name'),
      column('status', 'text', 'DeviceAttributes.device_status', 'none'),
      column('last_ip', 'text', 'DeviceAttributes.last_ip_used', 'location'),
      column('created_at', 'timestamptz', 'DeviceCreateDate', 'behaviour'),
      column('last_modified_at', 'timestamptz', 'DeviceLastModifiedDate', 'behaviour'),
      column('last_authenticated_at', 'timestamptz', 'DeviceLastAuthenticatedDate', 'behaviour'),
      column('attributes', 'jsonb', 'OtherAttributes', 'identifier', 'the DeviceAttributes without a column, by name'),
      READ_AT,
      RAW_VALUES,
    ],
    key: ['sub', 'device_key'],
    newest: 'last_modified_at',
  }),
  rowMapper: fieldMapper('device'),
}

async function listDevices({ pool, named, token, signal }: UserRequest): Promise<Listed> {
  const request = { ...named, Limit: PAGE_SIZE, PaginationToken: token }
  const { Devices = [], PaginationToken } = await pool.send(new AdminListDevicesCommand(request), signal)
  return { records: Devices.map(byName), token: PaginationToken }
}

/** No attribute stands in two places: a column that is dropped or hashed is nowhere else. */
function byName({ DeviceAttributes = [], ...device }: DeviceType) {
  const attributes = Object.fromEntries(DeviceAttributes.map(({ Name = '', Value }) => [Name, Value]))
  const { device_name, device_status, last_ip_used, ...others } = attributes
  return { ...device, DeviceAttributes: { device_name, device_status, last_ip_used }, OtherAttributes: others }
}
