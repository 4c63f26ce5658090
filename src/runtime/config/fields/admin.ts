import { FALLBACK } from '../fallback.ts'
import { asFlag, asJson, asList, asNumber, asText } from '../readers.ts'
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
    'Address the admin server listens on. `0.0.0.0` or `::` lets other machines in: then one of `token`, `tokens`, `basic`, `tls` with `ca`, `allow` or `insecure` must be stated. See docs/access.md.',
  ),
  field('admin.port', FALLBACK.admin.port, asNumber, 'Port of the admin server; 0 takes a free one.'),
  field('admin.basePath', FALLBACK.admin.basePath, asText, 'Path before all endpoints, such as `/ops/boxman`.'),
  field(
    'admin.token',
    undefined,
    asList,
    'Asked for as `Authorization: Bearer ...` by every endpoint but the probes: one token or a list of them, which may do everything. Never shown. Variable: `a,b`.',
    { changeable: 'file' },
  ),
  field(
    'admin.tokens',
    undefined,
    asJson,
    'Tokens that may do some things: `[{ token, scopes, name }]`, with scopes of `metrics`, `read`, `operate`, `ingest`. Never shown. Variable: the same as JSON.',
    { changeable: 'file' },
  ),
  field(
    'admin.basic',
    undefined,
    asJson,
    'Users with a password: `[{ user, password, scopes }]`; the password plain or as `$scrypt$ln=14,r=8,p=1$SALT$HASH`. Never shown. Variable: the same as JSON.',
    { changeable: 'file' },
  ),
  field(
    'admin.tls',
    undefined,
    asJson,
    'Files of PEM, read again when they change: `{ cert, key, ca, clientAuth, allow }`. With `ca` clients are known by their certificates. Variable: the same as JSON.',
  ),
  field(
    'admin.allow',
    undefined,
    asList,
    'Addresses and ranges that may ask, such as `10.0.0.0/8` or `::1`, or `private` for those of private networks; of the connection itself, whatever its headers say. Variable: `10.0.0.0/8,::1`.',
    { changeable: 'file' },
  ),
  field(
    'admin.guardProbes',
    FALLBACK.admin.guardProbes,
    asFlag,
    'Whether the probes are guarded too. Off, `/health`, `/ready`, `/livez` and the like answer everybody, as a kubelet has no token; why a check fails is told to who may ask.',
    { changeable: 'file' },
  ),
  field(
    'admin.hosts',
    undefined,
    asList,
    'Names by which requests may call the server, besides the loopback’s: `ops.example`, `*.svc.example`. Variable: `a,b`.',
    { changeable: 'file' },
  ),
  field(
    'admin.origins',
    undefined,
    asList,
    'Origins whose pages may read in a browser, such as `https://grafana.example`; default: none may. Variable: `a,b`.',
    { changeable: 'file' },
  ),
  field(
    'admin.insecure',
    FALLBACK.admin.insecure,
    asFlag,
    'Lets everybody in who reaches `admin.host`, where nothing else says who may ask.',
  ),
]
