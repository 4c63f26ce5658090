import { FALLBACK } from '../fallback.ts'
import { asFlag, asList, asNumber, asText } from '../readers.ts'
import { type ConfigField, field } from './field.ts'

export const ADMIN_FIELDS: readonly ConfigField[] = [
  field(
    'admin.enabled',
    FALLBACK.admin.enabled,
    asFlag,
    'Whether the admin server listens. The handler can be mounted either way.',
  ),
  field(
    'admin.host',
    FALLBACK.admin.host,
    asText,
    'Address the admin server listens on. `0.0.0.0` or `::` lets other machines in.',
  ),
  field('admin.port', FALLBACK.admin.port, asNumber, 'Port of the admin server; 0 takes a free one.'),
  field('admin.basePath', FALLBACK.admin.basePath, asText, 'Path before all endpoints, such as `/ops/boxman`.'),
  field(
    'admin.token',
    undefined,
    asList,
    'Asked for as `Authorization: Bearer ...` by every endpoint but the probes: one token or a list of them. Never shown. Variable: `a,b`.',
    { changeable: 'file' },
  ),
  field(
    'admin.allow',
    undefined,
    asList,
    'Addresses and ranges that may ask, such as `10.0.0.0/8` or `::1`; of the connection itself, whatever its headers say. Variable: `10.0.0.0/8,::1`.',
    { changeable: 'file' },
  ),
  field(
    'admin.guardProbes',
    FALLBACK.admin.guardProbes,
    asFlag,
    'Whether `admin.token` and `admin.allow` guard the probes too. Off, `/health`, `/ready`, `/livez` and the like answer everybody, as a kubelet has no token; why a check fails is told to who may ask.',
    { changeable: 'file' },
  ),
]
