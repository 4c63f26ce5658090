export { GoTemplates, type Expanded, type TemplateFile } from './go-templates.ts'
export { type AlertWords, type Link, type Message, messageOf, subjectOf } from './message.ts'
export { severityOf, severityOfWord, type Severity } from './severity.ts'
export {
  defineTemplates,
  type MessageTemplate,
  MessageTemplates,
  type Templates,
  type WordedKind,
  Wording,
  type Words,
} from './wording.ts'
