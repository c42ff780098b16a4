/** The most records that Cognito puts on a page; always sent, because its default is smaller (aws-sdk-js-v3#7013). */
export const PAGE_SIZE = 60
