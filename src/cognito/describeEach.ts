import { unlessGone } from './errors.ts'

/**
 * The names on a page that are then described one by one. Cognito would put 60 on it, but answers no more than 5 such
 * requests a second and pool: a page would take 12 s, all of them lost when a worker stops.
 */
export const DESCRIBED_PAGE_SIZE = 10

/**
 * Describes what a page lists. What was deleted since is left out.
 * @throws PoolkeeperError as `PoolClient.send`, but for what is gone.
 */
export async function describeEach<Listed, Described>(
  listed: readonly Listed[],
  describe: (one: Listed) => Promise<Described | undefined>,
): Promise<Described[]> {
  const described: Described[] = []
  for (const one of listed) {
    const found = await unlessGone(describe(one))
    if (found !== undefined) described.push(found)
  }
  return described
}
