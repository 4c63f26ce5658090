import path from 'node:path'
import type { RuleGroupStatus } from '../../alerting/index.ts'
import type { Logger } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'
import { LabelSet } from '../../series/index.ts'
import type { Config } from '../config/config.ts'
import type { Alerting } from './alerting.ts'
import { ConfigWatch } from './config-watch.ts'
import { Forwarder } from './forward/forwarder.ts'
import { GIVEN } from './given-alerting.ts'
import { peerOf } from './forward/peers.ts'
import { Outward } from './outward.ts'

export interface OpenOutwardOptions {
  readonly config: Config
  /** What names of files are relative to. */
  readonly cwd: string
  readonly metrics: Registry
  readonly log: Logger
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
  readonly redact: (text: string) => string
  readonly url: () => string
  readonly alerting: () => Alerting | undefined
  readonly groups: () => readonly RuleGroupStatus[]
}

/** Of a service. To be called before its alertmanager.yml is read. */
export function openOutward(options: OpenOutwardOptions): Outward {
  const { config, cwd, metrics, log, wallNow: now, redact, url, alerting, groups } = options
  const { config: file, forward = [], heartbeat: target } = config.alerting
  const forwarder = forward.length === 0 ? undefined : new Forwarder({ metrics, log, now, redact, url })
  forwarder?.configure({
    peers: forward.map((each) => peerOf(each, cwd)),
    externalLabels: LabelSet.of(config.constantLabels),
    relabel: [],
  })
  const watch =
    file === undefined || file === GIVEN || !config.watch
      ? undefined
      : new ConfigWatch({
          file: path.resolve(cwd, file),
          templates: () => alerting()?.config.templates ?? [],
          reload: async () => alerting()?.reload(),
          log,
        })
  const heartbeat = target && { target, service: config.service, metrics, log, now }
  return new Outward({ forwarder, heartbeat, watch, alerting, groups })
}
