import path from 'node:path'
import type { AlertingOptions } from './alerting/alerting-options.ts'
import { GIVEN } from './alerting/given-alerting.ts'
import type { OpenAlerting } from './alerting/open-alerting.ts'
import type { OpenOutwardOptions } from './alerting/open-outward.ts'
import type { Outward } from './alerting/outward.ts'
import type { ResolvedConfig } from './config/config.ts'
import type { OpenHistory } from './history/open-history.ts'
import type { Shipping, ShippingOptions } from './shipping/shipping.ts'
import { findOpenTelemetry, type FoundApi } from './traces/open-telemetry.ts'
import type { CreateSpanSender } from './traces/span-sender.ts'

// What a configuration leaves out is not loaded: it is most of the code.

export async function historyOf(config: ResolvedConfig, cwd: string): Promise<OpenHistory | undefined> {
  if (!config.store.enabled) return undefined
  const { openHistory } = await import('./history/open-history.ts')
  return openHistory(config, cwd)
}

export async function alertingOf({
  config,
  given,
  ...parts
}: Omit<AlertingOptions, 'file' | 'folder'> & { readonly config: ResolvedConfig }): Promise<OpenAlerting | undefined> {
  const { config: file, folder } = config.alerting
  if (file === undefined) return undefined
  // A variable goes before code.
  const source = file === GIVEN ? { file: 'alerting.config', given } : { file }
  const { openAlerting } = await import('./alerting/open-alerting.ts')
  const { storeFolder } = await import('./history/open-store.ts')
  const store = config.store.enabled ? storeFolder(config, parts.cwd) : undefined
  const own = folder === undefined ? undefined : path.resolve(parts.cwd, folder)
  return openAlerting({ ...parts, ...source, folder: own ?? (store && path.join(store, 'alerting')) })
}

/** Whether alerting has anything to do with the world. */
export function alertsOutward({ alerting: { config, forward, heartbeat } }: ResolvedConfig): boolean {
  return [config, forward, heartbeat].some((each) => each !== undefined)
}

export async function outwardOf(
  options: OpenOutwardOptions & { readonly config: ResolvedConfig },
): Promise<Outward | undefined> {
  if (!alertsOutward(options.config)) return undefined
  const { openOutward } = await import('./alerting/open-outward.ts')
  return openOutward(options)
}

export async function shippingOf(options: ShippingOptions): Promise<Shipping | undefined> {
  if (options.config.log.ship === undefined) return undefined
  const { Shipping } = await import('./shipping/shipping.ts')
  return Shipping.open(options)
}

export async function spanSenderOf({ tracing }: ResolvedConfig): Promise<CreateSpanSender | undefined> {
  if (!tracing.enabled || tracing.otlpUrl === undefined) return undefined
  const { createSpanSender } = await import('./traces/span-sender.ts')
  return createSpanSender
}

export async function openTelemetryOf({ tracing }: ResolvedConfig, cwd: string): Promise<FoundApi | undefined> {
  return tracing.enabled && tracing.openTelemetry !== false ? findOpenTelemetry(cwd) : undefined
}
