// Times are written by the server, in the zone of whoever looks. It can't know that zone, so it is told here, from the sign-in page on.
{
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const secure = location.protocol === 'https:' ? '; secure' : ''
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing without TLS
  document.cookie = `poolkeeper-zone=${encodeURIComponent(timeZone)}; path=/; max-age=31536000; samesite=lax${secure}`
}
