import type { JSX } from 'preact'
import { facts } from '../../data/facts.ts'
import { Card } from '../../parts/card.tsx'
import { Badge } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { accessWords, type Principal, SCOPES } from './access-words.ts'

const COLUMNS: readonly Column<Principal>[] = [
  { name: 'Who', cell: ({ name }) => name, by: ({ name }) => name },
  { name: 'By', cell: ({ by }) => by, by: ({ by }) => by },
  { name: 'May', cell: ({ scopes }) => <Scopes scopes={scopes} /> },
]

/** The rules of access, in words. */
export function Access({ values }: { readonly values: Readonly<Record<string, unknown>> }): JSX.Element {
  const { admin } = values
  const { principals, rules } = accessWords(typeof admin === 'object' && admin !== null ? { ...admin } : {})
  const { name, scopes = [] } = facts.value?.visitor ?? {}
  return (
    <Card title="Who may do what">
      <p>
        {name === undefined ? 'You' : `You, ${name},`} may: <Scopes scopes={scopes} />
      </p>
      {principals.length > 0 && (
        <Table
          label="Who is let in"
          columns={COLUMNS}
          rows={principals}
          keyOf={({ name: who, by }) => `${who} ${by}`}
        />
      )}
      <ul class="config-rules">
        {rules.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
      <dl class="facts config-scopes">
        {Object.entries(SCOPES).map(([scope, may]) => (
          <div key={scope}>
            <dt>{scope}</dt>
            <dd>{may}</dd>
          </div>
        ))}
      </dl>
      <p class="note">docs/access.md says all of it.</p>
    </Card>
  )
}

function Scopes({ scopes }: { readonly scopes: readonly string[] }): JSX.Element {
  if (scopes.length === 0) return <span class="muted">nothing</span>
  return (
    <span class="scopes">
      {scopes.map((scope) => (
        <Badge key={scope} tone={scope === 'operate' ? 'warning' : 'neutral'}>
          {scope}
        </Badge>
      ))}
    </span>
  )
}
