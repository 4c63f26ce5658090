export type { DispatchConfig, DispatchEffect, DispatchEvent, SilenceDraft } from './event.ts'
export { fingerprint } from './fingerprint.ts'
export { messageId } from './message.ts'
export { type Need, needOf, type Now } from './need.ts'
export { forgetDerived, loadState, StateLoader } from './load.ts'
export { type SavedPart, saveParts, type SavedState, saveState } from './save.ts'
export { type SilenceState, silencesOf, silenceState } from './silences.ts'
export {
  type Acknowledgement,
  type ChannelState,
  createState,
  type DispatchState,
  type Entry,
  type Escalation,
  type Group,
  type GroupLog,
  type KnownAlert,
} from './state.ts'
export { step, type Stepped } from './step.ts'
export { inhibition, inhibitor } from './inhibition.ts'
export { compareAlerts, compareLabels } from './view.ts'
export { type ChannelStanding, channelStanding, type EscalationStanding, escalationStanding } from './standing.ts'
