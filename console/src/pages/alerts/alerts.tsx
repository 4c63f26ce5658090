import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { facts } from '../../data/facts.ts'
import { Empty, Failure, Loading } from '../../parts/states.tsx'
import { addressOf, param, setParams } from '../../state/place.ts'
import { AlertDetail } from './alert-detail.tsx'
import './alerts.css'
import type { ChannelsAnswer, Escalations, RulesAnswer, Silence, ToldAlert } from './api.ts'
import { Channels } from './channels.tsx'
import { Drawer } from './drawer.tsx'
import { Firing } from './firing.tsx'
import { History } from './history.tsx'
import { OnCall } from './on-call.tsx'
import { useResource } from './resource.ts'
import { Rules } from './rules.tsx'
import { shownAlerts } from './shown-alert.ts'
import { Silences } from './silences.tsx'

const TABS = [
  ['firing', 'Firing', false],
  ['rules', 'Rules', false],
  ['silences', 'Silences', true],
  ['channels', 'Channels', true],
  ['on-call', 'On call', true],
  ['history', 'History', true],
] as const

/** What is amiss, who knows of it, and what can be done about it. */
export default function Alerts(): JSX.Element {
  const parts = facts.value?.parts
  return (
    <>
      <h1>Alerts</h1>
      {parts === undefined ? <Loading height={300} /> : <Loaded tells={parts.alerting} stores={parts.store} />}
    </>
  )
}

function Loaded({ tells, stores }: { readonly tells: boolean; readonly stores: boolean }): JSX.Element {
  const rules = useResource<RulesAnswer>(stores ? 'api/v1/rules' : undefined)
  const told = useResource<readonly ToldAlert[]>(tells ? 'api/v2/alerts' : undefined)
  const silences = useResource<readonly Silence[]>(tells ? 'api/v2/silences' : undefined)
  const escalations = useResource<Escalations>(tells ? 'api/alerting/escalations' : undefined)
  const channels = useResource<ChannelsAnswer>(tells ? 'api/alerting/channels' : undefined)
  const all = [rules, told, silences, escalations, channels]
  const refresh = (): void => {
    for (const each of all) each.refresh()
  }
  const tab = TABS.find(([id]) => id === param('tab')) ?? TABS[0]
  const tabs = useRef<HTMLElement>(null)
  useEffect(() => {
    // Where there is no room for all of them.
    tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [tab[0]])
  const errors = [...new Set(all.flatMap(({ state }) => state.value.error ?? []))]
  const groups = rules.state.value.data?.data.groups ?? []
  const schedules = escalations.state.value.data?.schedules ?? []
  const receivers = channels.state.value.data?.receivers ?? []
  const known = silences.state.value.data ?? []
  const alerts = shownAlerts(groups, told.state.value.data ?? [], escalations.state.value.data?.groups ?? [])
  const isFirst =
    (stores && rules.state.value.data === undefined) || (tells && escalations.state.value.data === undefined)
  const counts: Readonly<Record<string, number>> = {
    firing: alerts.length,
    silences: known.filter(({ status }) => status.state === 'active').length,
  }
  return (
    <>
      <nav class="tabs" aria-label="Alerts" ref={tabs}>
        {TABS.map(([id, name]) => (
          <a
            key={id}
            href={addressOf('alerts', { tab: id === 'firing' ? undefined : id })}
            aria-current={id === tab[0] ? 'page' : undefined}
          >
            {name}
            {(counts[id] ?? 0) > 0 && <span class="tab-count">{counts[id]}</span>}
          </a>
        ))}
      </nav>
      <h2 class="tab-title">{tab[1]}</h2>
      {errors.map((error) => (
        <Failure key={error}>{error}</Failure>
      ))}
      {!tells && tab[2] ? (
        <NobodyIsTold />
      ) : !stores && tab[0] !== 'history' && !tells ? (
        <NoStore />
      ) : isFirst && errors.length === 0 ? (
        <Loading height={300} />
      ) : (
        <>
          {tab[0] === 'firing' && <Firing alerts={alerts} tells={tells} />}
          {tab[0] === 'rules' && (stores ? <Rules groups={groups} /> : <NoStore />)}
          {tab[0] === 'silences' && <Silences silences={known} onChanged={refresh} />}
          {tab[0] === 'channels' && <Channels receivers={receivers} onChanged={channels.refresh} />}
          {tab[0] === 'on-call' && <OnCall schedules={schedules} />}
          {tab[0] === 'history' && <History receivers={receivers} />}
          <Opened isFirst={isFirst}>
            {(id) => {
              const alert = alerts.find(({ fingerprint }) => fingerprint === id)
              return alert && <AlertDetail key={id} alert={alert} silences={known} tells={tells} onChanged={refresh} />
            }}
          </Opened>
        </>
      )}
    </>
  )
}

interface OpenedProps {
  readonly isFirst: boolean
  readonly children: (id: string) => JSX.Element | undefined
}

/** The alert that the address names; it may be over. */
function Opened({ isFirst, children }: OpenedProps): JSX.Element | null {
  const id = param('alert')
  if (id === '' || isFirst) return null
  return (
    children(id) ?? (
      <Drawer title="It is over" onClose={() => setParams({ alert: undefined })}>
        <p>
          The alert <code>{id}</code> is neither pending nor firing any more.{' '}
          <a href={addressOf('alerts', { tab: 'history' })}>To the history</a>
        </p>
      </Drawer>
    )
  )
}

function NobodyIsTold(): JSX.Element {
  return (
    <Empty title="Nobody is told of alerts">
      <p>
        Name an <code>alertmanager.yml</code> and alerts go to people:{' '}
        <code>
          alerting: {'{'} config: 'alertmanager.yml' {'}'}
        </code>{' '}
        in the configuration, or <code>BOXMAN_ALERTING_CONFIG</code>. Rules and how they stand are shown without.
      </p>
    </Empty>
  )
}

function NoStore(): JSX.Element {
  return (
    <Empty title="There is no store, and so there are no rules">
      <p>
        <code>store.enabled</code>, or <code>BOXMAN_STORE_ENABLED</code>, turns it on: rules ask what it holds.
      </p>
    </Empty>
  )
}
