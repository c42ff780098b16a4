import { Box, Push, Ring, Sketch, Words } from './sketch.tsx'

const MENU = ['Users', 'Roles', 'Policies'] as const

export function AccessKeySketch() {
  return (
    <Sketch
      title="A user in the IAM console, at the tab Security credentials. The access key ID stands under Access keys."
      service="IAM › Users › poolkeeper"
      menu={MENU}
      current="Users"
    >
      <Words x={126} y={48}>
        Permissions
      </Words>
      <Words x={200} y={48} strong>
        Security credentials
      </Words>
      <line class="tab" x1="198" y1="54" x2="304" y2="54" />
      <Box x={120} y={66} width={350} height={92} />
      <Words x={130} y={86} strong>
        Access keys (1)
      </Words>
      <Push x={356} y={74} width={106}>
        Create access key
      </Push>
      <Words x={130} y={114} strong>
        AKIAIOSFODNN7EXAMPLE
      </Words>
      <Words x={130} y={132}>
        Created 3 days ago · Active
      </Words>
      <Ring x={124} y={101} width={146} />
    </Sketch>
  )
}

export function SecretSketch() {
  return (
    <Sketch
      title="The last page of Create access key. The secret access key is shown this once; the button below downloads both as a file."
      service="IAM › Create access key"
      menu={MENU}
      current="Users"
    >
      <Words x={126} y={48} strong>
        Retrieve access keys
      </Words>
      <Box x={120} y={58} width={350} height={66} />
      <Words x={130} y={76} strong>
        Access key
      </Words>
      <Words x={290} y={76} strong>
        Secret access key
      </Words>
      <Words x={130} y={102}>
        AKIAIOSFODNN7EXAMPLE
      </Words>
      <Words x={290} y={102}>
        •••••••••••••••• Show
      </Words>
      <Push x={264} y={140} width={112}>
        Download .csv file
      </Push>
      <Push x={386} y={140} width={64}>
        Done
      </Push>
      <Ring x={282} y={89} width={142} />
      <Ring x={260} y={136} width={120} height={26} />
    </Sketch>
  )
}

export function PolicySketch() {
  return (
    <Sketch
      title="Create policy in the IAM console, at the editor for JSON, with the least policy pasted into it."
      service="IAM › Policies › Create policy"
      menu={MENU}
      current="Policies"
    >
      <Words x={126} y={48} strong>
        Policy editor
      </Words>
      <Words x={390} y={48}>
        Visual
      </Words>
      <Words x={434} y={48} strong>
        JSON
      </Words>
      <Box x={120} y={58} width={350} height={100} />
      {['{ "Version": "2012-10-17",', '  "Statement": [{', '    "Effect": "Allow",', '    "Action": [ … ] }] }'].map(
        (line, index) => (
          <Words key={line} x={130} y={78 + index * 18}>
            {line}
          </Words>
        ),
      )}
      <Push x={410} y={168} width={60}>
        Next
      </Push>
      <Ring x={426} y={36} width={40} />
    </Sketch>
  )
}

export function RoleSketch() {
  return (
    <Sketch
      title="Create role in the IAM console, with Custom trust policy chosen and the trust policy pasted below it."
      service="IAM › Roles › Create role"
      menu={MENU}
      current="Roles"
    >
      <Words x={126} y={48} strong>
        Trusted entity type
      </Words>
      <Box x={120} y={58} width={92} height={30} />
      <Words x={130} y={77}>
        ○ AWS service
      </Words>
      <Box x={222} y={58} width={96} height={30} />
      <Words x={230} y={77}>
        ○ AWS account
      </Words>
      <Box x={330} y={58} width={140} height={30} />
      <Words x={340} y={77} strong>
        ● Custom trust policy
      </Words>
      <Box x={120} y={100} width={350} height={58} />
      <Words x={130} y={124}>
        "Action": "sts:AssumeRole",
      </Words>
      <Words x={130} y={142}>
        "Condition": … "sts:ExternalId": "431dde…"
      </Words>
      <Push x={410} y={168} width={60}>
        Next
      </Push>
      <Ring x={326} y={54} width={148} height={38} />
    </Sketch>
  )
}
