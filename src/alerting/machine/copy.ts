import type { Entry, Group, GroupLog, KnownAlert, Told } from './state.ts'

// What changes in place, as it is now. Tables are copied as lists: that takes a fifth of the time, and a copy is made at once.

export type GroupCopy = Omit<Group, 'members'> & {
  /** Fingerprints. */
  readonly members: readonly string[]
}

export type LogCopy = Omit<GroupLog, 'groups' | 'entries'> & {
  readonly groups: readonly string[]
  readonly entries: readonly EntryCopy[]
}

export type EntryCopy = Omit<Entry, 'told' | 'knows' | 'verdicts'> & {
  readonly told: (Omit<Told, 'firing'> & { readonly firing: readonly string[] }) | undefined
  readonly knows: TableCopy<boolean>
  readonly verdicts: TableCopy<string>
}

interface TableCopy<V> {
  readonly keys: readonly string[]
  readonly values: readonly V[]
}

export function copyAlert(alert: KnownAlert): KnownAlert {
  return { ...alert }
}

export function copyGroup(group: Group): GroupCopy {
  return { ...group, members: [...group.members.keys()] }
}

export function copyLog(log: GroupLog): LogCopy {
  const { groups, entries, escalation } = log
  return {
    ...log,
    escalation: escalation === undefined ? undefined : { ...escalation },
    groups: [...groups],
    entries: Array.from(entries.values(), copyEntry),
  }
}

function copyEntry(entry: Entry): EntryCopy {
  const { told, knows, verdicts, delivery } = entry
  return {
    ...entry,
    told: told === undefined ? undefined : { ...told, firing: [...told.firing] },
    knows: copyTable(knows),
    verdicts: copyTable(verdicts),
    delivery: delivery === undefined ? undefined : { ...delivery },
  }
}

function copyTable<V>(table: ReadonlyMap<string, V>): TableCopy<V> {
  return { keys: [...table.keys()], values: [...table.values()] }
}

export function rows<V>({ keys, values }: TableCopy<V>): (readonly [string, V])[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as many values as keys
  return keys.map((key, i) => [key, values[i] as V] as const)
}
