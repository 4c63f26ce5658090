import { describe, expect, it } from 'vitest'
import { shownConfig } from './shown-config.ts'

describe('a configuration as it is shown', () => {
  it.each([
    ['global: {slack_api_url: https://a/s3cret}', 'slack_api_url: <secret>'],
    ['receivers: [{slack_configs: [{api_url: https://a/s3cret, title_link: https://b}]}]', 'title_link: https://b'],
    ['receivers: [{webhook_configs: [{url: https://a/s3cret}]}]', 'url: <secret>'],
    ['receivers: [{webhook_configs: [{boxman: {secrets: [s3cret, s3cret]}}]}]', 'secrets: [ <secret>, <secret> ]'],
    ['receivers: [{webhook_configs: [{url_file: f}]}]', 'url_file: f'],
    ['receivers: [{pagerduty_configs: [{url: https://a/b, routing_key: s3cret}]}]', 'url: https://a/b'],
    ['receivers: [{ntfy_configs: [{url: https://ntfy.sh, topic: s3cret}]}]', 'url: https://ntfy.sh'],
    ['receivers: [{ntfy_configs: [{url: https://ann:s3cret@ntfy.sh/}]}]', 'url: https://ann:<secret>@ntfy.sh/'],
    ['receivers: [{command_configs: [{command: [page, --loud], env: {A: s3cret}}]}]', 'command: [ page, --loud ]'],
    ['global: {http_config: {http_headers: {X-Org: {values: [ops], secrets: [s3cret]}}}}', 'values: [ ops ]'],
    ['global: {http_config: {authorization: {credentials: &c s3cret}, bearer_token: *c}}', 'bearer_token: *c'],
    ['global: {smtp_from: &c s3cret, smtp_auth_password: *c}', 'smtp_from: &c <secret>'],
    ['route: {receiver: r} # s3cret', 'receiver: r'],
    ['route:\n  # s3cret\n  receiver: r # s3cret\n', 'receiver: r'],
  ])('%s', (text, kept) => {
    const shown = shownConfig(text)
    expect(shown).not.toContain('s3cret')
    expect(shown).toContain(kept)
  })

  it('of what is no YAML nothing is shown', () => {
    expect(shownConfig('a: [s3cret')).toBe('')
  })
})
