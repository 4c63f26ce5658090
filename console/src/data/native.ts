export { bucketLines, type NativeBucket } from 'boxman/charts'
