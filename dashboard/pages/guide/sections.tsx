import type { ComponentChildren, VNode } from 'preact'
import { PoolIdSketch, RegionSketch } from './cognitoSketches.tsx'
import { AccessKeySketch, PolicySketch, RoleSketch, SecretSketch } from './iamSketches.tsx'

interface Section {
  readonly id: string
  readonly title: string
  readonly steps: readonly ComponentChildren[]
  readonly sketch: VNode
  /** What to know beyond the steps. */
  readonly note?: ComponentChildren
}

/** Where everything that a connection needs is found in AWS, or made. */
export const SECTIONS: readonly Section[] = [
  {
    id: 'find-pool-id',
    title: 'To find the User Pool ID',
    steps: [
      'Log in to your AWS console.',
      <>
        Go to <b>Cognito</b> &gt; <b>User pools</b>.
      </>,
      'Copy what stands under User pool ID. It looks like eu-central-1_AbCdEf123.',
    ],
    sketch: <PoolIdSketch />,
    note: 'If the list is empty, another Region is chosen: see below.',
  },
  {
    id: 'find-region',
    title: 'To identify the Region',
    steps: [
      'The pool’s ID begins with it: eu-central-1_AbCdEf123 is in eu-central-1.',
      'In the console it is the Location drop-down list at the top right. Only the pools of that Region are listed.',
    ],
    sketch: <RegionSketch />,
  },
  {
    id: 'make-policy',
    title: 'To make a least-privilege policy',
    steps: [
      <>
        Go to <b>IAM</b> &gt; <b>Policies</b> &gt; <b>Create policy</b> &gt; <b>JSON</b>.
      </>,
      'Paste the policy that stands beside the connection’s fields. It lists the operations of the tables that you chose, for this one pool, and nothing that writes.',
      <>
        Name it <code>poolkeeper-read</code> and create it.
      </>,
    ],
    sketch: <PolicySketch />,
  },
  {
    id: 'make-role',
    title: 'To make a role (recommended)',
    steps: [
      <>
        Choose <b>Role</b> as the credentials here: the external ID and the trust policy are shown, ready to copy.
      </>,
      <>
        Go to <b>IAM</b> &gt; <b>Roles</b> &gt; <b>Create role</b> &gt; <b>Custom trust policy</b> and paste the trust
        policy. Replace ACCOUNT-ID by the number of the AWS account that Poolkeeper runs in.
      </>,
      <>
        Attach <code>poolkeeper-read</code>, create the role, and copy its ARN.
      </>,
    ],
    sketch: <RoleSketch />,
    note: 'A role has no secret that could leak or run out. The external ID keeps another customer of the same Poolkeeper from naming your role as theirs.',
  },
  {
    id: 'make-user',
    title: 'To make a user for an access key',
    steps: [
      <>
        Go to <b>IAM</b> &gt; <b>Users</b> &gt; <b>Create user</b>, without access to the console.
      </>,
      <>
        Attach <code>poolkeeper-read</code>, and no other policy.
      </>,
      <>
        Then <b>Security credentials</b> &gt; <b>Access keys</b>. The Access key ID stands there.
      </>,
    ],
    sketch: <AccessKeySketch />,
  },
  {
    id: 'find-secret',
    title: 'To locate the Secret access key',
    steps: [
      <>
        Go to <b>IAM</b> &gt; <b>Users</b> &gt; <b>Security credentials</b>, and click <b>Create access key</b> in the
        section Access keys.
      </>,
      'Download the file with the Access key ID and the Secret access key, or copy both.',
    ],
    sketch: <SecretSketch />,
    note: 'AWS displays the secret only once. If it is lost, make another key and delete the old one.',
  },
]

/** The steps and the sketch of one. */
export function SectionBody({ steps, sketch, note }: Section) {
  return (
    <>
      <ol>
        {steps.map((step, index) => (
          <li key={index}>{step}</li>
        ))}
      </ol>
      {sketch}
      {note && <p class="quiet">{note}</p>}
    </>
  )
}
