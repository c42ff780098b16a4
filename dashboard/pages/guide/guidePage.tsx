import { PageHead } from '../../parts/pageHead.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'
import { SECTIONS, SectionBody } from './sections.tsx'

/** All that has to be found or made in AWS before a pool can be imported. */
export function GuidePage({ around }: { readonly around: Surroundings }) {
  return (
    <Layout title="Setup guide" current="Dataflows" around={around}>
      <PageHead title="Setup guide" crumbs={[{ name: 'Dataflows', href: '/' }]} />
      <p>
        To import a user pool you need an AWS account, the pool’s ID and Region, and a role or an access key that may
        read it. Poolkeeper never writes to Cognito.
      </p>
      <nav class="contents" aria-label="On this page">
        <ul>
          {SECTIONS.map(({ id, title }) => (
            <li key={id}>
              <a href={`#${id}`}>{title}</a>
            </li>
          ))}
        </ul>
      </nav>
      {SECTIONS.map((section) => (
        <section key={section.id} class="guide" aria-labelledby={section.id}>
          <h2 id={section.id}>{section.title}</h2>
          <SectionBody {...section} />
        </section>
      ))}
    </Layout>
  )
}
