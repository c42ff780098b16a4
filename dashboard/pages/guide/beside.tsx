import { SECTIONS, SectionBody } from './sections.tsx'

/** The setup guide, beside the fields that it is about. */
export function GuideBeside() {
  return (
    <section class="guide" aria-labelledby="guide">
      <h2 id="guide">Setup guide</h2>
      {SECTIONS.map((section) => (
        <details key={section.id}>
          <summary>{section.title}</summary>
          <SectionBody {...section} />
        </details>
      ))}
    </section>
  )
}
