/** How a role reaches the database, for whatever one reads with. */
export interface ReaderConnection {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly url: string
  /** A command line. */
  readonly psql: string
  readonly jdbc: string
  readonly odbc: string
}

/**
 * Of what our own connection is made of, nothing but where it leads to and whether it is encrypted is told.
 * @param databaseUrl where readers find the server
 * @param password without one, whatever reads asks for it
 */
export function readerConnection(databaseUrl: string, role: string, password?: string): ReaderConnection {
  const { hostname, port: given, pathname, searchParams } = new URL(databaseUrl)
  const port = given ? Number(given) : 5432
  const path = pathname.slice(1)
  const database = decodeURIComponent(path)
  const sslmode = searchParams.get('sslmode')
  const end = sslmode ? `?sslmode=${encodeURIComponent(sslmode)}` : ''
  const url = `postgresql://${role}${password ? `:${password}` : ''}@${hostname}:${port}/${path}${end}`
  return {
    ...{ host: hostname, port, database, url },
    psql: `psql '${url}'`,
    jdbc: `jdbc:postgresql://${hostname}:${port}/${path}?${new URLSearchParams({
      user: role,
      ...(password && { password }),
      ...(sslmode && { sslmode }),
    })}`,
    odbc: [
      'Driver={PostgreSQL Unicode}',
      ...[`Server=${hostname}`, `Port=${port}`, `Database=${database}`, `Uid=${role}`],
      ...(password ? [`Pwd=${password}`] : []),
      ...(sslmode ? [`SSLmode=${sslmode}`] : []),
    ].join(';'),
  }
}
