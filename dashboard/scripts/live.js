// Says whether what moves on a page still does, and if not why. The line stands outside of it, and is announced only when it changes.
{
  const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
  let updated = new Date()
  let trouble = ''

  const say = (words, ...more) => {
    const line = document.getElementById('live-state')
    if (!line || words === trouble) return
    trouble = words
    line.replaceChildren(words, ...more)
    line.classList.toggle('trouble', words !== '')
  }

  const sayLost = () => say(`Connection lost. Showing ${time.format(updated)}. Retrying.`)

  // nothing is loaded anew by itself: somebody may have typed something
  const linkHere = (words) => {
    const link = document.createElement('a')
    link.href = location.href
    link.textContent = words
    return link
  }

  // htmx tells of a swap after an error as well, though nothing was swapped
  document.addEventListener('htmx:after:swap', ({ detail }) => {
    if (detail.ctx.response?.status >= 400) return
    updated = new Date()
    say('')
  })
  document.addEventListener('htmx:error', sayLost)
  document.addEventListener('htmx:response:error', ({ detail }) => {
    const { status } = detail.ctx.response
    if (status === 401) say('You are signed out, and this page stands still. ', linkHere('Sign in again'))
    else if (status === 404) say('What this page shows is gone, and it stands still. ', linkHere('Load it again'))
    else sayLost()
  })
}
