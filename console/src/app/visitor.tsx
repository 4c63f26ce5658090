import type { JSX } from 'preact'
import { canOperate, facts } from '../data/facts.ts'
import { logOut } from '../data/session.ts'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'

/** Who one is here, where it is known. */
export function Visitor(): JSX.Element | null {
  const visitor = facts.value?.visitor
  if (visitor === undefined) return null
  const { name, scopes, bySession } = visitor
  return (
    <div class="visitor">
      {!canOperate.value && (
        <span class="badge badge-neutral" title={`You may: ${scopes.join(', ')}`}>
          read only
        </span>
      )}
      {name !== undefined && <span class="visitor-name">{name}</span>}
      {bySession && (
        <Menu label={`Logged in as ${name}`} items={[{ name: 'Log out', act: () => void logOut() }]}>
          <Icon name="person" />
        </Menu>
      )}
    </div>
  )
}
