/** What these are part of is a secret. */
const SECRET = /secret|passw|passphrase|private|credential/

/** So is what these are part of, but for what only tells about one: `key_id`, `token_url`, `token_request_method`. */
const KEY = /key|token/
const ABOUT_A_KEY = /_(ids?|ur[il]|method|type|algorithm)$/

/** A private key, or a URL with a password or a secret in it, under whatever name. */
const SECRET_VALUE = /PRIVATE KEY-----|:\/\/[^/\s@]*:[^/\s@]*@|[?&][\w-]*(secret|passw)[\w-]*=/i

/**
 * The details of an identity provider without its secrets. Which details there are depends on the provider, and Cognito
 * marks none of them: names and values tell. What may be a secret counts as one.
 */
export function withoutSecrets(details: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(details).filter(([name, value]) => !isSecret(name, value)))
}

function isSecret(name: string, value: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
  return SECRET.test(words) || (KEY.test(words) && !ABOUT_A_KEY.test(words)) || SECRET_VALUE.test(value)
}
