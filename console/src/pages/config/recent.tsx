import type { JSX } from 'preact'
import { Age } from '../../parts/age.tsx'
import { Card } from '../../parts/card.tsx'
import type { RecentChange } from './answers.ts'
import { textOf } from './config-rows.ts'

/** The last changes while the service ran. */
export function Recent({ recent }: { readonly recent: readonly RecentChange[] }): JSX.Element {
  return (
    <Card title="Last changes" description="The last twenty, since the service started.">
      {recent.length === 0 && <p class="none">Nothing was changed since the service started.</p>}
      <ul class="config-recent">
        {recent.flatMap(({ time, source, client, file, changes }) =>
          changes.map(({ path, from, to }) => (
            <li key={`${time} ${path}`}>
              <code class="config-path">{path}</code>
              <p>
                <del>
                  <code>{textOf(from) || 'not set'}</code>
                </del>{' '}
                <span aria-hidden="true">→</span>{' '}
                <ins>
                  <code>{textOf(to) || 'not set'}</code>
                </ins>
              </p>
              <p class="muted">
                <Age at={time} />, {whoOf(source, client ?? file)}
              </p>
            </li>
          )),
        )}
      </ul>
    </Card>
  )
}

function whoOf(source: string, who: string | undefined): string {
  if (source === 'api') return `by the API from ${who ?? 'somewhere'}`
  return source === 'file' ? `by the file ${who ?? ''}` : 'by the code'
}
