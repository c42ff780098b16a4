// A page that says that a server is away asks for itself again, and is loaded anew once there is another answer.
if (document.querySelector('[data-retry]')) {
  const SECONDS = 3
  const ask = async () => {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined)
    if (answer && answer.status !== 503) location.reload()
    else setTimeout(ask, SECONDS * 1000)
  }
  setTimeout(ask, SECONDS * 1000)
}
