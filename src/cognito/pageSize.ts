/** The most records that Cognito puts on a page; always sent, because its default is smaller (aws-sdk-js-v3#7013). */
export const PAGE_SIZE = 60

/** The pages of a list of so many records; an empty list takes one as well. */
export function pagesOf(records: number, pageSize = PAGE_SIZE): number {
  return Math.max(1, Math.ceil(records / pageSize))
}
