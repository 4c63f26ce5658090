export { type Buckets, bucketsOf, NO_BUCKETS, shadeOf } from 'boxman/charts'
