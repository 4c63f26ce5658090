/** The upper bounds of every latency at the gateway, in ms. */
export const GATEWAY_BUCKETS_MS: readonly number[] = [50, 100, 200, 500, 1000, 2000, 5000]
