import type { JSX } from 'preact'
import { Card } from '../../parts/card.tsx'
import { Empty } from '../../parts/states.tsx'
import type { OnCallSchedule } from './api.ts'
import { momentOf } from './words.tsx'

/** Who is on call, and who is next. */
export function OnCall({ schedules }: { readonly schedules: readonly OnCallSchedule[] }): JSX.Element {
  if (schedules.length === 0) {
    return (
      <Empty title="There are no schedules">
        <code>boxman: schedules</code> in the configuration of alerting says who is on call when.
      </Empty>
    )
  }
  return (
    <div class="receivers">
      {schedules.map(({ name, location, receivers, shifts }) => {
        const [now, ...next] = shifts
        return (
          <Card key={name} title={name} actions={<span class="muted">{location}</span>}>
            <p class="on-call-now">{nameOf(now?.people)}</p>
            <p class="muted">
              {typeof now?.until !== 'string' ? 'for the foreseeable future' : `until ${momentOf(now.until)}`}
            </p>
            {next.length > 0 && (
              <ol class="told">
                {next.map(({ people, until }, i) => (
                  <li key={i}>
                    then <strong>{nameOf(people)}</strong>
                    {until === null ? '' : ` until ${momentOf(until)}`}
                  </li>
                ))}
              </ol>
            )}
            <p class="note">{receivers.length === 0 ? 'No receiver uses it.' : `Used by ${receivers.join(', ')}.`}</p>
          </Card>
        )
      })}
    </div>
  )
}

function nameOf(people: readonly string[] = []): string {
  return people.length === 0 ? 'nobody' : people.join(', ')
}
