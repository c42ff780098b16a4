/** An attribute as DescribeUserPool describes it. */
export interface SchemaAttribute {
  readonly Name: string
  readonly AttributeDataType: 'String' | 'Number' | 'DateTime' | 'Boolean'
  readonly DeveloperOnlyAttribute: boolean
  readonly Mutable: boolean
  readonly Required: boolean
  readonly StringAttributeConstraints?: { readonly MinLength?: string; readonly MaxLength?: string }
  readonly NumberAttributeConstraints?: { readonly MinValue?: string; readonly MaxValue?: string }
}

const TEXTS = [
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'email',
  'gender',
  'zoneinfo',
  'locale',
  'phone_number',
  'address',
]

const plain = { DeveloperOnlyAttribute: false, Mutable: true, Required: false }

const text = (Name: string, MinLength = '0', MaxLength = '2048'): SchemaAttribute => ({
  Name,
  AttributeDataType: 'String',
  ...plain,
  StringAttributeConstraints: { MinLength, MaxLength },
})

const flag = (Name: string): SchemaAttribute => ({ Name, AttributeDataType: 'Boolean', ...plain })

const number = (Name: string, constraints: SchemaAttribute['NumberAttributeConstraints'] = {}): SchemaAttribute => ({
  Name,
  AttributeDataType: 'Number',
  ...plain,
  NumberAttributeConstraints: constraints,
})

/** The 20 standard attributes, the one that pools with identity providers have beside them, and one custom of a type. */
export const SCHEMA: readonly SchemaAttribute[] = [
  { ...text('sub', '1'), Mutable: false, Required: true },
  ...TEXTS.map((name) => text(name)),
  text('birthdate', '10', '10'),
  flag('email_verified'),
  flag('phone_number_verified'),
  number('updated_at', { MinValue: '0' }),
  { Name: 'identities', AttributeDataType: 'String', ...plain, StringAttributeConstraints: {} },
  text('custom:plan', '0', '256'),
  number('custom:visits'),
  { Name: 'custom:joined_at', AttributeDataType: 'DateTime', ...plain },
  flag('custom:newsletter'),
]

/** An attribute of a type, with no more said of it than that. */
export const plainAttribute = (
  Name: string,
  AttributeDataType: SchemaAttribute['AttributeDataType'],
): SchemaAttribute => ({
  Name,
  AttributeDataType,
  ...plain,
  ...(AttributeDataType === 'String' && { StringAttributeConstraints: {} }),
  ...(AttributeDataType === 'Number' && { NumberAttributeConstraints: {} }),
})
