import type { Setting } from './setting.ts'

const STARTED = Math.round(Date.now() / 1000 - process.uptime())
const [major = 0, minor = 0, patch = 0] = process.version.slice(1).split('.').map(Number)

export function processStartTime(setting: Setting): void {
  const { labels } = setting
  setting.gauge(
    {
      name: 'process_start_time_seconds',
      help: 'Start time of the process since unix epoch in seconds.',
      aggregator: 'omit',
    },
    function () {
      this.set(labels, STARTED)
    },
  )
}

export function version(setting: Setting): void {
  const { labels } = setting
  setting.gauge(
    {
      name: 'nodejs_version_info',
      help: 'Node.js version info.',
      labelNames: ['version', 'major', 'minor', 'patch'],
      aggregator: 'first',
    },
    // When it is read, so that it is there even after a reset.
    function () {
      this.set({ version: process.version, major, minor, patch, ...labels }, 1)
    },
  )
}
