import { Box, Ring, Sketch, Words } from './sketch.tsx'

const MENU = ['User pools', 'Identity pools'] as const

/** Examples: pools that nobody has. */
const POOLS = [
  { name: 'customers', id: 'eu-central-1_AbCdEf123', created: '4 Mar 2024' },
  { name: 'staff', id: 'eu-central-1_XyZ987aBc', created: '19 Nov 2025' },
] as const

export function PoolIdSketch() {
  return (
    <Sketch
      title="The list of user pools in the Cognito console. The user pool ID is the second column."
      service="Amazon Cognito"
      menu={MENU}
      current="User pools"
    >
      <Words x={126} y={48} strong>
        User pools (2)
      </Words>
      <Pools />
      <Ring x={216} y={62} width={132} height={68} />
    </Sketch>
  )
}

export function RegionSketch() {
  return (
    <Sketch
      title="The bar above every page of the console. The location drop-down at its right names the Region; only its pools are listed."
      service="Amazon Cognito"
      menu={MENU}
      current="User pools"
    >
      <Words x={398} y={17} strong>
        Frankfurt ▾
      </Words>
      <Pools />
      <Box x={296} y={30} width={176} height={60} />
      <Words x={306} y={46}>
        US East (N. Virginia) us-east-1
      </Words>
      <Words x={306} y={62} strong>
        Europe (Frankfurt) eu-central-1
      </Words>
      <Words x={306} y={78}>
        Europe (Ireland) eu-west-1
      </Words>
      <Ring x={390} y={4} width={72} />
    </Sketch>
  )
}

function Pools() {
  return (
    <>
      <Box x={120} y={58} width={350} height={78} />
      <Words x={128} y={76} strong>
        User pool name
      </Words>
      <Words x={224} y={76} strong>
        User pool ID
      </Words>
      <Words x={360} y={76} strong>
        Created time
      </Words>
      {POOLS.map(({ name, id, created }, index) => (
        <g key={id}>
          <line x1="120" y1={84 + index * 26} x2="470" y2={84 + index * 26} />
          <Words x={128} y={100 + index * 24}>
            {name}
          </Words>
          <Words x={224} y={100 + index * 24}>
            {id}
          </Words>
          <Words x={360} y={100 + index * 24}>
            {created}
          </Words>
        </g>
      ))}
    </>
  )
}
