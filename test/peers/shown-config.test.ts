import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { readAlertingConfig } from '../../src/alerting/index.ts'
import { shownConfig } from '../../src/runtime/alerting/shown-config.ts'
import { Alertmanager } from '../support/alertmanager.ts'
import { needPeer } from '../support/peer.ts'

/** Each value is told by its number: `v1`, `v2`, ... */
const CONFIG = {
  global: {
    smtp_smarthost: 'v1.example:25',
    smtp_from: 'v2@example.org',
    smtp_auth_username: 'v3',
    smtp_auth_password: 'v4',
    smtp_auth_identity: 'v5',
    slack_api_url: 'https://slack.example/v6',
    pagerduty_url: 'https://v7.example/',
    http_config: {
      authorization: { type: 'v8', credentials: 'v9' },
      tls_config: { server_name: 'v10', insecure_skip_verify: true },
    },
  },
  route: { receiver: 'v11', group_by: ['v12'], routes: [{ receiver: 'v13', matchers: ['team="v14"'] }] },
  receivers: [
    {
      name: 'v11',
      slack_configs: [
        { api_url: 'https://slack.example/v15', channel: '#v16', title: 'v17', title_link: 'https://v18.example/key' },
        {
          channel: '#v19',
          icon_url: 'https://v20.example',
          actions: [{ type: 'button', text: 'v21', url: 'https://v22.example' }],
        },
      ],
      pagerduty_configs: [{ routing_key: 'v23', client_url: 'https://v24.example', url: 'https://v25.example/' }],
      email_configs: [
        { to: 'v26@example.org', auth_username: 'v27', auth_password: 'v28', headers: { Subject: 'v29' } },
      ],
      telegram_configs: [{ bot_token: 'v30', chat_id: 31, api_url: 'https://v32.example' }],
      discord_configs: [{ webhook_url: 'https://discord.example/v33' }],
    },
    {
      name: 'v13',
      webhook_configs: [
        {
          url: 'https://hook.example/v34',
          http_config: { basic_auth: { username: 'v35', password: 'v36' } },
          max_alerts: 37,
        },
        { url: 'https://hook.example/v38', http_config: { bearer_token: 'v39' } },
      ],
    },
  ],
  inhibit_rules: [{ source_matchers: ['a="v40"'], target_matchers: ['b="v41"'], equal: ['v42'] }],
  time_intervals: [{ name: 'v43', time_intervals: [{ weekdays: ['monday'] }] }],
}
/** Alertmanager hides these since 0.26. */
const LATER = ['v34', 'v38']

it('hides what an Alertmanager hides, and shows what it shows', async ({ skip }) => {
  const text = JSON.stringify(CONFIG)
  expect(readAlertingConfig(text, await mkdtemp(`${tmpdir()}/boxman-shown-`))).toMatchObject({ ok: true })
  const peer = await Alertmanager.start(needPeer('prometheus-alertmanager', skip), CONFIG)
  try {
    const status = (await (await fetch(`${peer.url}/api/v2/status`)).json()) as { config: { original: string } }
    const values = [...new Set(text.match(/\bv\d+\b/g))]
    const shown = (given: string): string[] => values.filter((value) => new RegExp(`\\b${value}\\b`).test(given))
    const theirs = shown(status.config.original).filter((value) => !LATER.includes(value))
    expect(shown(shownConfig(text))).toEqual(theirs)
    expect([theirs.includes('v6'), theirs.includes('v22'), theirs.length > 25]).toEqual([false, true, true])
  } finally {
    await peer.stop()
  }
})
