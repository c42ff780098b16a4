import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { imageInstruction, option, type Service, servicesAsWritten, servicesWith } from './composeFile.ts'

const SECRETS = {
  POSTGRES_PASSWORD: 'postgres-secret',
  REDIS_PASSWORD: 'redis-secret',
  POOLKEEPER_KEY: 'key',
}
/** Only those who hash, or sign in with OpenID Connect, need them. */
const OPTIONAL = ['POOLKEEPER_HASH_KEY', 'POOLKEEPER_OIDC_CLIENT_SECRET']
const services = servicesWith(SECRETS)
const entries = Object.entries(services)
const ours = entries.filter(([, service]) => service.build)

const get = (name: string): Service => {
  const service = services[name]
  if (!service) throw new Error(`docker-compose.yml has no ${name}`)
  return service
}

describe('secrets', () => {
  test.each(Object.keys(SECRETS))('without %s nothing starts, and it is said how to make one', (name) => {
    expect(() => servicesWith({ ...SECRETS, [name]: '' })).toThrow(
      new RegExp(`${name} is not set: .*openssl rand -(hex|base64)`),
    )
  })

  test('none has a default', () => {
    const values = Object.values(servicesAsWritten()).flatMap(({ environment }) => Object.entries(environment))
    const secrets = values.filter(([name]) => /PASSWORD|KEY|SECRET|TOKEN|AUTH/.test(name))

    expect(secrets.length).toBeGreaterThan(5)
    for (const [name, value] of secrets) expect(value ?? 'passed on', name).toMatch(/^\$\{\w+:\?[^}]*\}$|^passed on$/)
  })

  test.each([
    ['POOLKEEPER_KEY', ['worker', 'dashboard']],
    ['POOLKEEPER_HASH_KEY', ['worker']],
    ['POOLKEEPER_OIDC_CLIENT_SECRET', ['dashboard']],
  ])('%s is given to those alone who need it', (key, needed) => {
    expect(entries.filter(([, { environment }]) => key in environment).map(([name]) => name)).toEqual(needed)
  })

  test('.env.example names each of them and fills in none', () => {
    const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')

    expect([...example.matchAll(/^(\w+)=$/gm)].map(([, name]) => name).sort()).toEqual(
      [...Object.keys(SECRETS), ...OPTIONAL].sort(),
    )
    expect(example).not.toMatch(/^\w+=./m)
  })
})

describe('servers', () => {
  test('Redis writes down what it holds and evicts nothing', () => {
    expect(option(get('redis'), '--appendonly')).toBe('yes')
    expect(option(get('redis'), '--maxmemory-policy')).toBe('noeviction')
    expect(get('redis').volumes).toContain('redis:/data')
  })

  test('Postgres keeps its data where its image wants it, in a volume', () => {
    expect(get('postgres').image).toMatch(/^postgres:1[89]\./)
    expect(get('postgres').volumes).toContain('postgres:/var/lib/postgresql')
  })

  test('both are pinned to a release', () => {
    expect(get('postgres').image).toMatch(/:\d+\.\d+$/)
    expect(get('redis').image).toMatch(/:7\.\d+\.\d+$/)
  })
})

describe('every service', () => {
  test.each(entries.filter(([name]) => name !== 'migrate'))(
    '%s has a health check and comes up again',
    (_, service) => {
      expect(service.healthcheck?.test.length).toBeGreaterThan(1)
      expect(service.restart).toBe('unless-stopped')
    },
  )

  test.each(ours.filter(([name]) => name !== 'migrate'))('%s waits for the migration', (_, service) => {
    expect(service.depends_on).toMatchObject({
      migrate: { condition: 'service_completed_successfully' },
      redis: { condition: 'service_healthy' },
    })
  })

  test('the migration waits for Postgres, and runs once', () => {
    expect(get('migrate').depends_on).toMatchObject({ postgres: { condition: 'service_healthy' } })
    expect(get('migrate').restart).toBe('no')
  })

  test.each(ours)('%s has an init, a read-only disk, and time to let go of its work', (_, service) => {
    expect(service).toMatchObject({ init: true, read_only: true })
    expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThanOrEqual(10)
  })

  test('any number of workers can run: nothing of theirs is there only once', () => {
    expect(get('worker')).toMatchObject({ ports: [], volumes: [] })
    expect(get('worker')).not.toHaveProperty('container_name')
  })

  test('the dashboard alone is reachable from outside, from this machine only', () => {
    expect(entries.filter(([, { ports }]) => ports.length > 0).map(([name]) => name)).toEqual(['dashboard'])
    expect(get('dashboard').ports).toEqual(['127.0.0.1:7300:7300'])
    expect(servicesWith({ ...SECRETS, PORT: '8080' }).dashboard?.ports).toEqual(['127.0.0.1:8080:7300'])
  })

  test('none of ours runs as root', () => {
    expect(imageInstruction('USER')).toBe('node')
  })
})
