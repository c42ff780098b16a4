import { ListResourceServersCommand, ListUserImportJobsCommand } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import { SECRET_CANARY } from '../../../src/sandbox/canary.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { clientOf, listed, sandboxFor } from '../support.ts'

const listServers = (sandbox: Sandbox, MaxResults?: number) =>
  listed(async (NextToken) => {
    const command = new ListResourceServersCommand({ UserPoolId: sandbox.poolId, MaxResults, NextToken })
    const page = await clientOf(sandbox).send(command)
    return [page.ResourceServers, page.NextToken]
  })

const listJobs = (sandbox: Sandbox, MaxResults: number | undefined) =>
  listed(async (PaginationToken) => {
    const command = new ListUserImportJobsCommand({ UserPoolId: sandbox.poolId, MaxResults, PaginationToken })
    const page = await clientOf(sandbox).send(command)
    return [page.UserImportJobs, page.PaginationToken]
  })

describe('the resource servers of a pool', () => {
  it('are listed page by page, with scopes or without', async () => {
    const sandbox = await sandboxFor({ resourceServers: 7 })
    const servers = await listServers(sandbox, 3)
    expect(servers).toEqual(sandbox.pool.resourceServers())
    expect(new Set(servers.map(({ Scopes }) => Scopes?.length))).toEqual(new Set([0, 1, 2]))
    expect(servers[0]).toMatchObject({ Name: 'Orders "API" <v1>', Scopes: [{ ScopeName: 'read' }, {}] })
  })

  it.each([0, 51, 60])('are not listed by a MaxResults of %i', async (MaxResults) => {
    const list = listServers(await sandboxFor(), MaxResults)
    await expect(list).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})

describe('the import jobs of a pool', () => {
  it('are listed page by page, newest first, whatever became of them', async () => {
    const sandbox = await sandboxFor({ importJobs: 8 })
    const jobs = await listJobs(sandbox, 3)
    expect(jobs).toEqual(sandbox.pool.importJobs())
    const times = jobs.map(({ CreationDate }) => CreationDate?.getTime() ?? 0)
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect(jobs.find(({ Status }) => Status === 'Created')).not.toHaveProperty('StartDate')
    expect(jobs.find(({ Status }) => Status === 'Failed')).toHaveProperty('CompletionMessage')
  })

  it('give away the URL by which users are uploaded', async () => {
    const [job] = await listJobs(await sandboxFor(), 60)
    expect(job?.PreSignedUrl).toMatch(new RegExp(`^https://.+X-Amz-Signature=${SECRET_CANARY}`))
  })

  it.each([undefined, 0, 61])('are not listed by a MaxResults of %s', async (MaxResults) => {
    const list = listJobs(await sandboxFor(), MaxResults)
    await expect(list).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})

it('a pool without any of them lists none', async () => {
  const sandbox = await sandboxFor({ resourceServers: 0, importJobs: 0 })
  expect(await listServers(sandbox)).toEqual([])
  expect(await listJobs(sandbox, 60)).toEqual([])
})
