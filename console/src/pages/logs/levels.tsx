import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { askJson, reasonOf } from '../../data/ask.ts'
import { canOperate } from '../../data/facts.ts'
import { formatMoment } from '../../format/number.ts'
import { Failure, Loading } from '../../parts/states.tsx'
import { LevelBadge } from './level-badge.tsx'
import { LEVELS } from './line.ts'

interface LevelRule {
  readonly pattern: string
  readonly level: string
  /** ISO 8601. */
  readonly until?: string
  readonly afterwards?: string | null
}

interface LevelsAnswer {
  readonly levels: readonly LevelRule[]
  readonly modules: readonly { readonly module: string; readonly level: string; readonly by: string | null }[]
}

const DURATIONS: readonly (readonly [value: string, name: string])[] = [
  ['5m', '5 minutes'],
  ['15m', '15 minutes'],
  ['1h', 'an hour'],
  ['', 'until the restart'],
]
const PATH = 'log/levels'

/** Which module logs from which level on, and what says so. */
export function Levels(): JSX.Element {
  const answer = useSignal<LevelsAnswer | undefined>(undefined)
  const error = useSignal('')
  const isBusy = useSignal(false)
  const take = async (asking: Promise<LevelsAnswer>): Promise<void> => {
    isBusy.value = true
    try {
      answer.value = await asking
      error.value = ''
    } catch (failure) {
      error.value = reasonOf(failure)
    }
    isBusy.value = false
  }
  useSignalEffect(() => {
    void take(askJson<LevelsAnswer>(PATH))
  })
  const change = (levels: Readonly<Record<string, string | null>>, duration: string): void =>
    void take(
      askJson<LevelsAnswer>(PATH, {
        method: 'PUT',
        body: { levels, ...(duration === '' ? {} : { for: duration }) },
      }),
    )
  return (
    <section class="card levels-card" aria-label="Levels">
      <h2>Levels</h2>
      {error.value !== '' && <Failure>{error.value}</Failure>}
      {answer.value === undefined ? (
        error.value === '' && <Loading />
      ) : (
        <>
          {canOperate.value && (
            <ChangeForm
              modules={answer.value.modules.map(({ module }) => module)}
              isBusy={isBusy.value}
              onChange={change}
            />
          )}
          <div class="levels-tables">
            <Rules rules={answer.value.levels} onReset={(pattern) => change({ [pattern]: null }, '')} />
            <Modules answer={answer.value} />
          </div>
        </>
      )}
    </section>
  )
}

interface ChangeFormProps {
  readonly modules: readonly string[]
  readonly isBusy: boolean
  readonly onChange: (levels: Readonly<Record<string, string>>, duration: string) => void
}

function ChangeForm({ modules, isBusy, onChange }: ChangeFormProps): JSX.Element {
  const pattern = useSignal('*')
  const level = useSignal('debug')
  const duration = useSignal('15m')
  return (
    <form
      class="filters level-form"
      aria-label="Change a level"
      onSubmit={(event) => {
        event.preventDefault()
        onChange({ [pattern.value.trim()]: level.value }, duration.value)
      }}
    >
      <label class="filter">
        Module or pattern
        <input
          type="text"
          list="log-modules"
          value={pattern.value}
          required
          autocomplete="off"
          onInput={({ currentTarget }) => (pattern.value = currentTarget.value)}
        />
        <datalist id="log-modules">
          {['*', ...modules].map((module) => (
            <option key={module} value={module} />
          ))}
        </datalist>
      </label>
      <label class="filter">
        Level
        <select value={level.value} onChange={({ currentTarget }) => (level.value = currentTarget.value)}>
          {[...LEVELS, 'silent'].map((each) => (
            <option key={each} value={each} selected={each === level.value}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <label class="filter">
        For
        <select value={duration.value} onChange={({ currentTarget }) => (duration.value = currentTarget.value)}>
          {DURATIONS.map(([value, name]) => (
            <option key={value} value={value} selected={value === duration.value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="primary" disabled={isBusy}>
        Set
      </button>
    </form>
  )
}

function Rules({
  rules,
  onReset,
}: {
  readonly rules: readonly LevelRule[]
  readonly onReset: (pattern: string) => void
}): JSX.Element {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label="Levels that are set">
      <table>
        <thead>
          <tr>
            <th scope="col">Set for</th>
            <th scope="col">Level</th>
            <th scope="col">Until</th>
            {canOperate.value && <th scope="col">Take back</th>}
          </tr>
        </thead>
        <tbody>
          {rules.map(({ pattern, level, until, afterwards }) => (
            <tr key={pattern}>
              <th scope="row">
                <code>{pattern}</code>
              </th>
              <td>
                <LevelBadge level={level} />
              </td>
              <td>
                {until === undefined
                  ? 'the restart'
                  : `${formatMoment(Date.parse(until), false)}, then ${afterwards ?? 'as others'}`}
              </td>
              {canOperate.value && (
                <td>
                  <button type="button" aria-label={`Reset ${pattern}`} onClick={() => onReset(pattern)}>
                    Reset
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Modules({ answer: { modules } }: { readonly answer: LevelsAnswer }): JSX.Element {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label="Modules">
      <table>
        <thead>
          <tr>
            <th scope="col">Module</th>
            <th scope="col">Logs from</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {modules.map(({ module, level, by }) => (
            <tr key={module}>
              <th scope="row">
                <code>{module}</code>
              </th>
              <td>
                <LevelBadge level={level} />
              </td>
              <td>{by === null ? 'set in code' : <code>{by}</code>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
