/** The setup guide, beside the fields that it is about. */
export function GuideBeside() {
  return (
    <p>
      <a href="/guide" target="_blank" rel="noreferrer">
        Setup guide
      </a>
    </p>
  )
}
