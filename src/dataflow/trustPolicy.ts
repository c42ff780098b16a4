/**
 * The trust policy for the role that Poolkeeper assumes in the pool's account. The external id keeps another customer
 * of the same Poolkeeper from naming this role as theirs (AWS: "the confused deputy problem").
 * @param roleArn whose account the policy trusts; where Poolkeeper runs in another, the principal is that account
 */
export function trustPolicy({
  roleArn,
  externalId,
}: {
  roleArn: string
  externalId: string
}): Readonly<Record<string, unknown>> {
  const [arn, partition, , , account] = roleArn.split(':')
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `${arn}:${partition}:iam::${account}:root` },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
    ],
  }
}
