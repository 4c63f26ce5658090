import type { JSX } from 'preact'
import { canOperate, facts } from '../data/facts.ts'
import { logOut } from '../data/session.ts'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'

/** Who one is here, where it is known. */
export function Visitor(): JSX.Element | null {
  const visitor = facts.value?.visitor
  if (visitor === undefined) return null
  const { name, bySession } = visitor
  return (
    <div class="visitor">
      {name !== undefined && <span class="visitor-name">{name}</span>}
      {bySession && (
        <Menu label={`Logged in as ${name}`} items={[{ name: 'Log out', act: () => void logOut() }]}>
          <Icon name="person" />
        </Menu>
      )}
    </div>
  )
}

/** Beside what one looks at: that one may do no more. */
export function ReadOnly(): JSX.Element | null {
  const scopes = facts.value?.visitor.scopes
  if (scopes === undefined || canOperate.value) return null
  return (
    <span class="badge badge-neutral" title={`You may: ${scopes.join(', ')}`}>
      read only
    </span>
  )
}
