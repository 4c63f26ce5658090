import { readdirSync, readFileSync } from 'node:fs'
import type { Setting } from './setting.ts'

export function processOpenFileDescriptors(setting: Setting): void {
  if (process.platform !== 'linux') return
  const { labels } = setting
  setting.gauge({ name: 'process_open_fds', help: 'Number of open file descriptors.' }, function () {
    try {
      // One of them is that of the reading itself.
      this.set(labels, readdirSync('/proc/self/fd').length - 1)
    } catch {
      // A sandbox without /proc: the last number stands.
    }
  })
}

export function processMaxFileDescriptors(setting: Setting): void {
  const most = maxDescriptors()
  if (most === undefined) return
  const { labels } = setting
  setting.gauge({ name: 'process_max_fds', help: 'Maximum number of open file descriptors.' }, function () {
    this.set(labels, most)
  })
}

function maxDescriptors(): number | undefined {
  try {
    const limit = /^Max open files {2,}(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    if (limit === undefined) return undefined
    return limit === 'unlimited' ? Infinity : Number(limit)
  } catch {
    return undefined
  }
}
