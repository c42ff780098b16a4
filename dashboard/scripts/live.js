// Says whether what moves on a page still does. The line stands outside of it, and is announced only when it changes its mind.
{
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  let updated = new Date()
  let lost = false

  const say = (now) => {
    const line = document.getElementById('live-state')
    if (!line || now === lost) return
    lost = now
    line.textContent = lost ? `Connection lost. Showing ${time.format(updated)}. Retrying.` : ''
    line.classList.toggle('trouble', lost)
  }

  document.addEventListener('htmx:after:swap', () => {
    updated = new Date()
    say(false)
  })
  document.addEventListener('htmx:error', () => say(true))
  document.addEventListener('htmx:response:error', ({ detail }) => {
    // signed out meanwhile: the page about that says how to get in again
    if (detail.ctx.response.status === 401) location.reload()
    else say(true)
  })
}
