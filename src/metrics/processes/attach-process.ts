import { type Attached, noSourceStats, type SourceStats } from '../merge/source.ts'
import { checkLimit } from '../options.ts'
import type { Registry } from '../registry.ts'
import type { Channel } from './channel.ts'
import { ProcessSource } from './process-source.ts'

export interface ProcessOptions {
  /** How long a page waits for the process's answer; then it shows what was known before. Default 1 000. */
  readonly timeoutMs?: number
}

type Host = Pick<Registry, 'attach'>

/**
 * From here on the registry's page shows what the process counts that has called `serveMetrics()`. When it disconnects,
 * what it told last stays in the totals.
 * @throws TypeError when it has no channel.
 */
export function attachProcess(
  registry: Host,
  child: Channel,
  options: ProcessOptions & { readonly name?: string } = {},
): Attached {
  return attachChannel(registry, child, options.name ?? 'process', options, noSourceStats())
}

export function attachChannel(
  registry: Host,
  channel: Channel,
  name: string,
  { timeoutMs = 1000 }: ProcessOptions,
  stats: SourceStats,
): Attached {
  if (channel.send === undefined) {
    throw new TypeError(`${name}: the process has no channel: start it with fork(), or with 'ipc' in its stdio`)
  }
  const source = new ProcessSource(channel, checkLimit(`${name}: timeoutMs`, timeoutMs), stats)
  const attached = registry.attach(name, source, stats)
  const onDisconnect = (): void => {
    channel.off('disconnect', onDisconnect)
    attached.ended()
  }
  channel.on('disconnect', onDisconnect)
  return {
    name,
    stats,
    ended: onDisconnect,
    detach: () => {
      channel.off('disconnect', onDisconnect)
      attached.detach()
    },
  }
}
