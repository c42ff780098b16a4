import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const environment = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))

const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()),
  environment: environment.default({}),
  healthcheck: z.object({ test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])], z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  container_name: z.string().optional(),
  read_only: z.boolean().default(false),
  init: z.boolean().default(false),
  restart: z.string(),
  stop_grace_period: z.string(),
})
export type Service = z.infer<typeof service>

const file = z.object({ services: z.record(z.string(), service) })

const TEXT = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')

/** The services as the file has them, with `${…}` left as it stands. */
export function servicesAsWritten(): Record<string, Service> {
  return file.parse(parse(TEXT, { merge: true })).services
}

/**
 * The services as Compose would start them.
 * @throws Error for a variable that has to be set and is not, with what the file says about it, as Compose does
 */
export function servicesWith(variables: Readonly<Record<string, string>>): Record<string, Service> {
  return file.parse(parse(interpolate(TEXT, variables), { merge: true })).services
}

/** `${NAME}`, `${NAME:-default}` and `${NAME:?message}`: all forms that the file uses. */
function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, operator?: string, operand = '') => {
    const value = variables[name]
    if (value) return value
    if (operator === '?') throw new Error(`${name} is not set: ${operand}`)
    return operand
  })
}

/** The value of an option among a command's arguments. */
export function option({ command }: Service, name: string): string | undefined {
  const at = command.indexOf(name)
  return at < 0 ? undefined : command[at + 1]
}

/** An instruction of the Dockerfile's last stage, which is what runs. */
export function imageInstruction(name: string): string | undefined {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
  const stage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  return new RegExp(`^${name} (.*)$`, 'm').exec(stage)?.[1]
}
