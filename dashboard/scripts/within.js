// A page of somebody else's within one of ours (Bull Board): it gets an address here, and what leads out of it to another page of ours opens in the whole window.
{
  const frame = document.querySelector('iframe[data-within]')
  const isInside = ({ pathname }) => pathname.startsWith(frame.dataset.within)

  const attend = () => {
    const inside = frame.contentWindow
    // browsers without the Navigation API keep the address that was asked for
    inside.navigation?.addEventListener('navigatesuccess', () => {
      if (isInside(inside.location)) history.replaceState(null, '', inside.location.href)
    })
    inside.document.addEventListener(
      'click',
      ({ target }) => {
        const link = target.closest('a[href]')
        if (link?.origin === location.origin && !isInside(link)) link.target = '_top'
      },
      { capture: true },
    )
  }

  if (frame) {
    frame.addEventListener('load', attend)
    if (frame.contentDocument.readyState === 'complete' && isInside(frame.contentWindow.location)) attend()
  }
}
