/** Channels of Alertmanager that are not here, as their keys begin. */
const CHANNELS: Readonly<Record<string, string>> = {
  opsgenie: 'OpsGenie',
  victorops: 'VictorOps',
  pushover: 'Pushover',
  sns: 'Amazon SNS',
  wechat: 'WeChat',
  webex: 'Webex',
  jira: 'Jira',
  rocketchat: 'Rocket.Chat',
  incidentio: 'incident.io',
  mattermost: 'Mattermost',
}
const INSTEAD =
  'take it out, and use webhook_configs or command_configs with what it offers, or forward to an Alertmanager'

const KEYS: Readonly<Record<string, string>> = {
  service_key:
    'the Events API v1 of PagerDuty is not supported: make an integration of Events API v2 and give its routing_key',
  service_key_file:
    'the Events API v1 of PagerDuty is not supported: make an integration of Events API v2 and give its routing_key_file',
  oauth2:
    'OAuth 2 is not supported: give authorization with credentials_file, and let what renews the token write the file',
  proxy_url: 'proxies are not supported: reach the receiver directly, or through a local relay that url names',
  proxy_from_environment:
    'proxies are not supported: reach the receiver directly, or through a local relay that url names',
  no_proxy: 'proxies are not supported, so there is none to leave out',
  proxy_connect_header: 'proxies are not supported, so there is none to send it to',
  credentials_ref: 'secret managers are not supported: give credentials_file',
  username_ref: 'secret managers are not supported: give username_file',
  password_ref: 'secret managers are not supported: give password_file',
  tracing: "Alertmanager's own traces are not sent from here",
}

/** What to do in place of a key that Alertmanager has, and that is not supported here. */
export function adviceFor(key: string): string | undefined {
  if (Object.hasOwn(KEYS, key)) return KEYS[key]
  const channel = /^([a-z]+)_(?:configs|api_|webhook_|token|url)/.exec(key)?.[1] ?? ''
  return Object.hasOwn(CHANNELS, channel) ? `there is no channel for ${CHANNELS[channel]}; ${INSTEAD}` : undefined
}
