import type { Integration } from '../dispatch-types.ts'
import type { ChannelState, DispatchState } from './state.ts'

const MINUTE_MS = 60_000
/** A receiver that asks for more is asked again. */
const LONGEST_PAUSE_MS = 3_600_000

export function channelOf(state: DispatchState, key: string): ChannelState {
  let channel = state.channels.get(key)
  if (channel === undefined) {
    channel = { tokens: Number.MAX_SAFE_INTEGER, tokensAt: 0, pausedUntil: 0, failingSince: undefined, gone: undefined }
    state.channels.set(key, channel)
  }
  return channel
}

/**
 * When one more message may go: a place in the bucket's queue is taken for it. Who comes later gets a later one, so that
 * nobody starves, and nobody is woken in vain.
 */
export function reserve(channel: ChannelState, { rate }: Integration, now: number): number {
  const free = Math.max(now, channel.pausedUntil)
  if (rate === undefined) return free
  const { burst, perMinute } = rate
  const gained = (Math.max(0, free - channel.tokensAt) * perMinute) / MINUTE_MS
  channel.tokens = Math.min(burst, channel.tokens + gained)
  channel.tokensAt = Math.max(channel.tokensAt, free)
  channel.tokens--
  return channel.tokens >= 0 ? free : channel.tokensAt + Math.ceil((-channel.tokens * MINUTE_MS) / perMinute)
}

export function pause(channel: ChannelState, afterMs: number, now: number): void {
  channel.pausedUntil = Math.max(channel.pausedUntil, now + Math.min(afterMs, LONGEST_PAUSE_MS))
}

/** Whether it has failed for as long as its fallback waits for. */
export function isFailing({ failingSince }: ChannelState, { fallbackAfterMs }: Integration, now: number): boolean {
  return failingSince !== undefined && fallbackAfterMs !== undefined && now - failingSince >= fallbackAfterMs
}
