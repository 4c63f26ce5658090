import { fillPanel } from 'boxman/charts'
import type { Dashboard } from 'boxman/packs'
import type { JSX } from 'preact'
import { setParams, param } from '../state/place.ts'
import { OVERVIEW } from '../data/dashboards.ts'
import { Empty } from '../parts/states.tsx'
import { PanelView } from './panel.tsx'
import { VariablePicker } from './variable-picker.tsx'

const DEFAULT_WIDTH = 8

/** A page that is stated as data. */
export function DashboardView({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const { variables = [], rows } = dashboard
  const values = Object.fromEntries(
    variables.map(({ name }) => [
      name,
      param(`var-${name}`)
        .split(',')
        .filter((part) => part !== ''),
    ]),
  )
  return (
    <>
      {variables.length > 0 && (
        <div class="variables">
          {variables.map((variable) => (
            <VariablePicker
              key={variable.name}
              variable={variable}
              chosen={values[variable.name] ?? []}
              onChoose={(chosen) => setParams({ [`var-${variable.name}`]: chosen.join(',') })}
            />
          ))}
        </div>
      )}
      {rows.length === 0 && variables.length === 0 && dashboard.id !== OVERVIEW && (
        <Empty title="Nothing has been recorded yet">
          Each part of this page comes as soon as the service has recorded the first value of it.
        </Empty>
      )}
      {rows.map(({ title, panels }) => (
        <section key={title} class="row" aria-label={title}>
          <h2>{title}</h2>
          <div class="grid">
            {panels.map((panel) => (
              <div key={panel.title} class={`cell cell-${panel.width ?? DEFAULT_WIDTH}`}>
                <PanelView panel={fillPanel(panel, values)} />
              </div>
            ))}
          </div>
        </section>
      ))}
    </>
  )
}
