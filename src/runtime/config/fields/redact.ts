import { FALLBACK } from '../fallback.ts'
import { asFlag, asList, asText } from '../readers.ts'
import { type ConfigField, field } from './field.ts'

export const REDACT_FIELDS: readonly ConfigField[] = [
  field(
    'redact.paths',
    FALLBACK.redact.paths,
    asList,
    'Places of fields whose values are never shown: `user.card.number`, `headers["x-api-key"]`, `*.pin`, `items[*].pin`. See docs/redaction.md. Variable: `user.pin,*.iban`.',
  ),
  field(
    'redact.keys',
    FALLBACK.redact.keys,
    asList,
    'Names of secrets besides the usual ones, whatever their case and separators; `*` at an end stands for any text. Variable: `pin,*ssn`.',
  ),
  field(
    'redact.allow',
    FALLBACK.redact.allow,
    asList,
    'Names that are no secrets although they look so, such as `pageToken`. Variable: `pageToken,cacheKey`.',
  ),
  field(
    'redact.shapes',
    FALLBACK.redact.shapes,
    asList,
    'What is taken out of texts by its looks. Variable: `jwt,card`.',
  ),
  field('redact.emails', FALLBACK.redact.emails, asFlag, 'Whether addresses of e-mail are taken out of texts.'),
  field('redact.replacement', FALLBACK.redact.replacement, asText, 'What stands in the place of a secret.'),
]
