import { trusted } from '../trusted.ts'
import type { Setting } from './setting.ts'

export function processResources(setting: Setting): void {
  counted(setting, {
    name: 'nodejs_active_resources',
    help: 'Number of active resources that are currently keeping the event loop alive, grouped by async resource type.',
    totalHelp: 'Total number of active resources.',
    list: () => process.getActiveResourcesInfo(),
  })
}

export function processHandles(setting: Setting): void {
  classes(setting, '_getActiveHandles', 'handles', 'handle')
}

export function processRequests(setting: Setting): void {
  classes(setting, '_getActiveRequests', 'requests', 'request')
}

/** @param getter is not documented, and may be gone one day. */
function classes(setting: Setting, getter: string, plural: string, one: string): void {
  const get: unknown = Reflect.get(process, getter)
  if (typeof get !== 'function') return
  counted(setting, {
    name: `nodejs_active_${plural}`,
    help: `Number of active libuv ${plural} grouped by ${one} type. Every ${one} type is C++ class name.`,
    totalHelp: `Total number of active ${plural}.`,
    list: () => trusted<readonly Item[]>(get.call(process)).map((item) => item?.constructor?.name),
  })
}

type Item = { readonly constructor?: { readonly name: string } } | null

interface Counted {
  readonly name: string
  readonly help: string
  readonly totalHelp: string
  /** Undefined: of no type, and only in the total. */
  readonly list: () => readonly (string | undefined)[]
}

function counted(setting: Setting, { name, help, totalHelp, list }: Counted): void {
  const { labels } = setting
  setting.gauge({ name, help, labelNames: ['type'] }, function () {
    const counts = new Map<string, number>()
    for (const type of list()) if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1)
    this.reset()
    for (const [type, count] of counts) this.set({ type, ...labels }, count)
  })
  setting.gauge({ name: `${name}_total`, help: totalHelp }, function () {
    this.set(labels, list().length)
  })
}
