/** What the official exporters (@opentelemetry/otlp-transformer 0.223.1) send for one and the same set of metrics. */
export const GOLDEN_PROTOBUF: Uint8Array = Buffer.from(
  [
    'CvgEClQKFwoMc2VydmljZS5uYW1lEgcKBWNyYXBzChoKE3NlcnZpY2UuaW5zdGFuY2UuaWQSAwoBaQoQCglob3N0Lm5hbWUSAwoBaAoJCgNwaW',
    'QSAhgHEAASnwQKBgoBcxIBMRKFAQoEYmV0cxILQWJvdXQgYmV0cy4aBXtiZXR9OmkKYxEAqGjcnsZsGBn/FhTcrMZsGDEHAAAAAAAAADoNCgV0',
    'YWJsZRIECgJUMToICgJvaxICEAE6BwoBbhICGAU6DgoBZhIJIQAAAAAAAOA/OhQKBGxpc3QSDCoKCgMKAWEKAwoBYhACGAESXwoFZGVsdGESDE',
    'Fib3V0IGRlbHRhLjpIChsRAKho3J7GbBgZ/xYU3KzGbBgxBwAAAAAAAAAKJREAqGjcnsZsGBn/FhTcrMZsGDEIAAAAAAAAADoICgFhEgMKAWIQ',
    'ARgBEjUKBGxvYWQSC0Fib3V0IGxvYWQuGgExKh0KGxEAqGjcnsZsGBn/FhTcrMZsGCEAAAAAAADQvxJ+CgR0b29rEgtBYm91dCB0b29rLhoBc0',
    'pmCmIRAKho3J7GbBgZ/xYU3KzGbBghBgAAAAAAAAApAAAAAAAAKUAyGAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAADoQAAAAAAAA4D8AAAAAAAAE',
    'QFmamZmZmZm5P2EAAAAAAAAiQBACEnUKBnNwcmVhZBINQWJvdXQgc3ByZWFkLhoCbXNSWApUEQCoaNyexmwYGf8WFNysxmwYIQoAAAAAAAAAKQ',
    'AAAAAAAClAMAQ5AQAAAAAAAABCCQgFEgUBAAAAAkoGCAgSAgIEYZqZmZmZmbk/aQAAAAAAACJAEAI=',
  ].join(''),
  'base64',
)

export const GOLDEN_JSON: unknown = {
  resourceMetrics: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'craps' } },
          { key: 'service.instance.id', value: { stringValue: 'i' } },
          { key: 'host.name', value: { stringValue: 'h' } },
          { key: 'pid', value: { intValue: 7 } },
        ],
        droppedAttributesCount: 0,
      },
      scopeMetrics: [
        {
          scope: { name: 's', version: '1' },
          metrics: [
            {
              name: 'bets',
              description: 'About bets.',
              unit: '{bet}',
              sum: {
                aggregationTemporality: 2,
                isMonotonic: true,
                dataPoints: [
                  {
                    attributes: [
                      { key: 'table', value: { stringValue: 'T1' } },
                      { key: 'ok', value: { boolValue: true } },
                      { key: 'n', value: { intValue: 5 } },
                      { key: 'f', value: { doubleValue: 0.5 } },
                      { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
                    ],
                    startTimeUnixNano: '1759999940000000000',
                    timeUnixNano: '1760000000123999999',
                    asInt: 7,
                  },
                ],
              },
            },
            {
              name: 'delta',
              description: 'About delta.',
              unit: '',
              sum: {
                aggregationTemporality: 1,
                isMonotonic: true,
                dataPoints: [
                  {
                    attributes: [],
                    startTimeUnixNano: '1759999940000000000',
                    timeUnixNano: '1760000000123999999',
                    asInt: 7,
                  },
                  {
                    attributes: [{ key: 'a', value: { stringValue: 'b' } }],
                    startTimeUnixNano: '1759999940000000000',
                    timeUnixNano: '1760000000123999999',
                    asInt: 8,
                  },
                ],
              },
            },
            {
              name: 'load',
              description: 'About load.',
              unit: '1',
              gauge: {
                dataPoints: [
                  {
                    attributes: [],
                    startTimeUnixNano: '1759999940000000000',
                    timeUnixNano: '1760000000123999999',
                    asDouble: -0.25,
                  },
                ],
              },
            },
            {
              name: 'took',
              description: 'About took.',
              unit: 's',
              histogram: {
                aggregationTemporality: 2,
                dataPoints: [
                  {
                    attributes: [],
                    bucketCounts: [1, 2, 3],
                    explicitBounds: [0.5, 2.5],
                    count: 6,
                    sum: 12.5,
                    min: 0.1,
                    max: 9,
                    startTimeUnixNano: '1759999940000000000',
                    timeUnixNano: '1760000000123999999',
                  },
                ],
              },
            },
            {
              name: 'spread',
              description: 'About spread.',
              unit: 'ms',
              exponentialHistogram: {
                aggregationTemporality: 2,
                dataPoints: [
                  {
                    attributes: [],
                    count: 10,
                    min: 0.1,
                    max: 9,
                    sum: 12.5,
                    positive: { offset: -3, bucketCounts: [1, 0, 0, 0, 2] },
                    negative: { offset: 4, bucketCounts: [2, 4] },
                    scale: 2,
                    zeroCount: 1,
                    startTimeUnixNano: '1759999940000000000',
                    timeUnixNano: '1760000000123999999',
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
}
