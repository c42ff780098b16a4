import type { ComponentChildren } from 'preact'
import { mayAct } from '../../../src/access/caller.ts'
import { Choice } from '../../parts/choice.tsx'
import { PageHead } from '../../parts/pageHead.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Layout } from '../layout.tsx'

const SECTIONS = [
  { name: 'Tokens', href: '/settings/tokens' },
  { name: 'Audit log', href: '/settings/audit' },
  { name: 'Webhooks', href: '/settings/webhooks' },
  { name: 'About', href: '/settings/about' },
] as const

interface SettingsProps {
  readonly section: (typeof SECTIONS)[number]['name']
  readonly around: Surroundings
  /** Beside the title: what may be done here. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}

/** Whether somebody may see what is about everything and everybody. */
export function seesSettings({ role, limited }: Pick<Surroundings, 'role' | 'limited'>): boolean {
  return mayAct(role, 'admin') && !limited
}

/** One of the sections of the settings, with the way to the others. */
export function Settings({ section, around, actions, children }: SettingsProps) {
  return (
    <Layout title={`${section} · Settings`} current="Settings" around={around}>
      <PageHead title={section}>{actions}</PageHead>
      {seesSettings(around) && (
        <Choice
          label="Settings"
          options={SECTIONS.map(({ name, href }) => ({ name, href, chosen: name === section }))}
        />
      )}
      <div class="settings">{children}</div>
    </Layout>
  )
}

interface SettingProps {
  readonly section: SettingsProps['section']
  readonly title: string
  readonly around: Surroundings
  /** Beside the title: what may be done with it. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}

/** A page below a section. */
export function Setting({ section, title, around, actions, children }: SettingProps) {
  const { href } = SECTIONS.find(({ name }) => name === section) ?? SECTIONS[0]
  const crumbs = [
    { name: 'Settings', href: '/settings' },
    { name: section, href },
  ]
  return (
    <Layout title={title} current="Settings" around={around}>
      <PageHead title={title.replace(/^Error: /, '')} crumbs={crumbs}>
        {actions}
      </PageHead>
      {children}
    </Layout>
  )
}
