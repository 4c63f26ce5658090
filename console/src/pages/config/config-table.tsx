import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { ask, reasonOf } from '../../data/ask.ts'
import { canOperate } from '../../data/facts.ts'
import { Age } from '../../parts/age.tsx'
import { Badge, Empty, Failure } from '../../parts/states.tsx'
import { ChoiceField, hasWords, SearchField } from '../../parts/url-fields.tsx'
import { param, setParams } from '../../state/place.ts'
import type { ConfigAnswer } from './answers.ts'
import { type Change, type ConfigRow, configRows } from './config-rows.ts'
import { ValueEditor } from './value-editor.tsx'

const ALL = ['all', 'all values'] as const
const STATED = ['stated', 'what is not the default'] as const
const OTHERS = [
  ['changed', 'what was changed since'],
  ['live', 'what can be changed now'],
] as const
const WAYS: Readonly<Record<Change, string>> = {
  live: 'now, or in the file',
  file: 'in the file',
  restart: 'by a restart',
}
/** Of the documents in the package. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  log: 'logs',
  redact: 'redaction',
  admin: 'access',
  http: 'http-servers',
  tracing: 'traces',
  errors: 'diagnostics',
  health: 'health',
  drain: 'health',
  store: 'history-and-queries',
  rules: 'rules',
  alerting: 'alerting-config',
  query: 'history-and-queries',
  remoteWrite: 'remote-write',
}

interface ConfigTableProps {
  readonly answer: ConfigAnswer
  readonly reload: () => void
}

export function ConfigTable({ answer, reload }: ConfigTableProps): JSX.Element {
  const rows = configRows(answer)
  const sections = [...new Set(rows.map(({ section }) => section))]
  const section = param('section')
  // Who looks for something looks among all.
  const ways = section === '' && param('q') === '' ? [STATED, ALL, ...OTHERS] : [ALL, STATED, ...OTHERS]
  const shown = param('show', ways[0]?.[0])
  const found = rows.filter(
    (row) =>
      (section === '' || row.section === section) &&
      (shown === 'all' ||
        (shown === 'stated' && row.isStated) ||
        (shown === 'changed' && row.isChanged) ||
        (shown === 'live' && row.change === 'live')) &&
      hasWords(param('q'), [row.path, row.text, row.source, row.meaning]),
  )
  const groups = sections.flatMap((name) => {
    const own = found.filter((row) => row.section === name)
    return own.length === 0 ? [] : [{ name, rows: own }]
  })
  return (
    <>
      <div class="field-bar" role="search" aria-label="Configuration">
        <SearchField label="Search" placeholder="path, value, source, meaning" />
        <ChoiceField
          label="Section"
          name="section"
          options={[['', 'any'], ...sections.map((one) => [one, one] as const)]}
        />
        <ChoiceField label="Show" name="show" options={ways} />
        {canOperate.value && rows.some(({ isChanged }) => isChanged) && <TakeAllBack reload={reload} />}
      </div>
      <p class="note" role="status">
        {found.length} of {rows.length} values
      </p>
      {groups.length === 0 ? (
        <Empty title="No value fits">
          <button type="button" onClick={() => setParams({ q: undefined, section: undefined, show: 'all' })}>
            Show all
          </button>
        </Empty>
      ) : (
        <div class="card config-card">
          <div class="table-frame" tabIndex={0} role="region" aria-label="Values">
            <table class="config-table">
              <thead>
                <tr>
                  <th scope="col">Path</th>
                  <th scope="col">Value</th>
                  <th scope="col">From</th>
                  <th scope="col">Changes</th>
                </tr>
              </thead>
              {groups.map(({ name, rows: own }) => (
                <tbody key={name}>
                  <tr class="config-section">
                    <th colSpan={4} scope="rowgroup">
                      {name} {name in DOCUMENTS && <span class="muted">docs/{DOCUMENTS[name]}.md</span>}
                    </th>
                  </tr>
                  {own.map((row) => (
                    <ValueRow key={row.path} row={row} reload={reload} />
                  ))}
                </tbody>
              ))}
            </table>
          </div>
        </div>
      )}
    </>
  )
}

function ValueRow({ row, reload }: { readonly row: ConfigRow; readonly reload: () => void }): JSX.Element {
  const { path, text, isSecret, isStated, isChanged, change, meaning, value } = row
  const isEdited = canOperate.value && change === 'live' && param('edit') === path
  return (
    <tr class={isChanged ? 'config-changed' : isStated ? 'config-stated' : ''}>
      <td>
        <code class="config-path">{path}</code>
        <p class="config-meaning muted">{meaning.replaceAll('`', '')}</p>
      </td>
      <td class="config-value">
        {isEdited ? (
          <ValueEditor row={row} reload={reload} />
        ) : (
          <>
            {isSecret ? (
              <Badge tone="info">secret, set</Badge>
            ) : value === undefined ? (
              <span class="muted">not set</span>
            ) : (
              <code>{text === '' ? '“”' : text}</code>
            )}
            {canOperate.value && change === 'live' && (
              <button
                type="button"
                class="config-edit"
                aria-label={`Change ${path}`}
                onClick={() => setParams({ edit: path })}
              >
                Change
              </button>
            )}
          </>
        )}
      </td>
      <td>
        <Source row={row} />
      </td>
      <td class="muted">{WAYS[change]}</td>
    </tr>
  )
}

function Source({ row: { source, isChanged } }: { readonly row: ConfigRow }): JSX.Element {
  if (source === undefined || source === 'default') return <span class="muted">default</span>
  if (!isChanged) return <>{source}</>
  return (
    <>
      <Badge tone="warning">changed</Badge> <Age at={source.slice('api '.length)} />
    </>
  )
}

function TakeAllBack({ reload }: { readonly reload: () => void }): JSX.Element {
  const error = useSignal('')
  const undo = async (): Promise<void> => {
    try {
      await ask('config', { method: 'DELETE', body: null })
      error.value = ''
    } catch (thrown) {
      error.value = reasonOf(thrown)
    }
    reload()
  }
  return (
    <>
      <button type="button" class="danger" onClick={() => void undo()}>
        Take all changes back
      </button>
      {error.value !== '' && <Failure>{error.value}</Failure>}
    </>
  )
}
