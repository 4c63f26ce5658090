import type { JSX } from 'preact'
import { useJson } from '../../data/use-answer.ts'
import { Failure, Loading } from '../../parts/states.tsx'
import { Access } from './access.tsx'
import type { ConfigAnswer } from './answers.ts'
import './config.css'
import { ConfigTable } from './config-table.tsx'
import { Recent } from './recent.tsx'
import { Versions } from './versions.tsx'

/** What is in force, where it comes from, and who may change it. */
export default function Config(): JSX.Element {
  const { state, reload } = useJson<ConfigAnswer>('config', { everyMs: 10_000 })
  const { value, error } = state.value
  return (
    <>
      <h1>Configuration</h1>
      <p class="lead">
        As it is in force: defaults, file, code, environment, and what was changed since, each over the one before.
      </p>
      {error !== undefined && <Failure>{error}</Failure>}
      {value === undefined ? (
        error === undefined && <Loading height={300} />
      ) : (
        <>
          <ConfigTable answer={value} reload={reload} />
          <h2 class="part">Rights, changes and versions</h2>
          <div class="grid config-halves">
            <div class="cell cell-12">
              <Access values={value.values} />
            </div>
            <div class="cell cell-12">
              <Recent recent={value.recent} />
              <Versions />
            </div>
          </div>
        </>
      )}
    </>
  )
}
