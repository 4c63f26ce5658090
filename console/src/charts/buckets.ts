export { type Buckets, bucketsOf, NO_BUCKETS } from 'boxman/charts'
