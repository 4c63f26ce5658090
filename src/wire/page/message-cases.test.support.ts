import {
  bucket,
  type Bytes,
  counter,
  delimited,
  double,
  exemplar,
  family,
  gauge,
  histogram,
  label,
  native,
  part,
  sint,
  span,
  text,
  time,
  uint,
  varint,
  zigzag,
} from './message.test.support.ts'
import { type Refused, refused } from './page-case.test.support.ts'

const COUNTER = 0
const GAUGE = 1
const SUMMARY = 2
const UNTYPED = 3
const HISTOGRAM = 4
const GAUGE_HISTOGRAM = 5
const NOW = 1_795_281_283

export interface MessageCase {
  readonly name: string
  readonly page: Bytes
  readonly outcome: readonly string[] | Refused
  readonly classicToo?: boolean
  /** What Prometheus 3.5.3 does instead. */
  readonly otherwiseBecause?: string
}

/** Pages of delimited messages, and what becomes of them. */
export const MESSAGE_CASES: readonly MessageCase[] = [
  { name: 'empty', page: [], outcome: [] },
  {
    name: 'counter',
    page: delimited(family('a', COUNTER, [...label('b', 'c'), ...counter(3)])),
    outcome: ['a{b="c"} 3'],
  },
  { name: 'counter total', page: delimited(family('a_total', COUNTER, counter(3))), outcome: ['a_total 3'] },
  { name: 'no type = counter', page: delimited(family('a', undefined, counter(3))), outcome: ['a 3'] },
  {
    name: 'no name',
    page: delimited([...uint(3, 1), ...part(4, gauge(1))]),
    outcome: refused('invalid metric name: '),
  },
  {
    name: 'name invalid utf8',
    page: delimited([...part(1, [255]), ...uint(3, 1), ...part(4, gauge(1))]),
    outcome: refused('invalid metric name: �'),
  },
  { name: 'name utf8', page: delimited(family('a.b é', GAUGE, gauge(1))), outcome: ['{"a.b é"} 1'] },
  { name: 'no metrics', page: delimited(family('a', GAUGE)), outcome: [] },
  { name: 'no metrics bad name', page: delimited([...part(1, [255])]), outcome: [] },
  { name: 'gauge w/o gauge msg', page: delimited(family('a', GAUGE, label('b', 'c'))), outcome: ['a{b="c"} 0'] },
  { name: 'counter w/ gauge msg', page: delimited(family('a', COUNTER, gauge(4))), outcome: ['a 0'] },
  { name: 'untyped', page: delimited(family('a', UNTYPED, part(5, double(1, 7)))), outcome: ['a 7'] },
  {
    name: 'type 9',
    page: delimited(family('a', 9, gauge(4))),
    outcome: refused('unknown metric type for metric "a": 9'),
  },
  {
    name: 'type 6',
    page: delimited(family('a', 6, gauge(4))),
    outcome: refused('unknown metric type for metric "a": 6'),
  },
  { name: 'help', page: delimited([...family('a', GAUGE, gauge(4)), ...text(2, 'hi')]), outcome: ['a 4'] },
  {
    name: 'help bad',
    page: delimited([...family('a', GAUGE, gauge(4)), ...part(2, [255])]),
    outcome: refused('invalid help for metric "a": �'),
  },
  { name: 'unit ok', page: delimited([...family('a_s', GAUGE, gauge(4)), ...text(5, 's')]), outcome: ['a_s 4'] },
  {
    name: 'unit bad',
    page: delimited([...family('a', GAUGE, gauge(4)), ...text(5, 's')]),
    outcome: refused('unit "s" not a suffix of metric "a"'),
  },
  {
    name: 'unit counter total',
    page: delimited([...family('a_s_total', COUNTER, counter(4)), ...text(5, 's')]),
    outcome: ['a_s_total 4'],
  },
  {
    name: 'unit counter bad',
    page: delimited([...family('a_total', COUNTER, counter(4)), ...text(5, 's')]),
    outcome: refused('unit "s" not a suffix of counter "a_total"'),
  },
  {
    name: 'unit gauge total bad',
    page: delimited([...family('a_s_total', GAUGE, gauge(4)), ...text(5, 's')]),
    outcome: refused('unit "s" not a suffix of metric "a_s_total"'),
  },
  {
    name: 'label dup',
    page: delimited(family('a', GAUGE, [...label('b', 'c'), ...label('b', 'd'), ...gauge(1)])),
    outcome: refused('label name "b" is not unique: invalid sample'),
  },
  {
    name: 'label empty value',
    page: delimited(family('a', GAUGE, [...label('b', ''), ...gauge(1)])),
    outcome: ['a 1'],
  },
  {
    name: 'label no value',
    page: delimited(family('a', GAUGE, [...part(1, text(1, 'b')), ...gauge(1)])),
    outcome: ['a 1'],
  },
  {
    name: 'label empty name',
    page: delimited(family('a', GAUGE, [...label('', 'x'), ...gauge(1)])),
    outcome: refused('invalid label name: '),
  },
  {
    name: 'label bad utf8 value',
    page: delimited(family('a', GAUGE, [...part(1, text(1, 'b'), part(2, [255])), ...gauge(1)])),
    outcome: refused('invalid label value: �'),
  },
  {
    name: 'label bad utf8 name',
    page: delimited(family('a', GAUGE, [...part(1, part(1, [255]), text(2, 'x')), ...gauge(1)])),
    outcome: refused('invalid label name: �'),
  },
  {
    name: 'label __name__',
    page: delimited(family('a', GAUGE, [...label('__name__', 'x'), ...gauge(1)])),
    outcome: refused('label name "__name__" is not unique: invalid sample'),
  },
  {
    name: 'le label gauge',
    page: delimited(family('a', GAUGE, [...label('le', '1'), ...gauge(1)])),
    outcome: ['a{le="1"} 1'],
  },
  {
    name: 'ts',
    page: delimited(family('a', GAUGE, [...gauge(1), ...uint(6, NOW * 1000)])),
    outcome: ['a 1 @1795281283000'],
  },
  { name: 'ts 0', page: delimited(family('a', GAUGE, [...gauge(1), ...uint(6, 0)])), outcome: ['a 1'] },
  { name: 'ts negative', page: delimited(family('a', GAUGE, [...gauge(1), ...uint(6, -5)])), outcome: ['a 1 @-5'] },
  { name: 'nan', page: delimited(family('a', GAUGE, gauge(NaN))), outcome: ['a NaN'] },
  {
    name: 'stale nan gauge',
    page: delimited(family('a', GAUGE, part(2, [9, 2, 0, 0, 0, 0, 0, 0xf0, 0x7f]))),
    outcome: ['a NaN'],
    otherwiseBecause: 'it takes the bits of a stale marker for one',
  },
  {
    name: 'summary',
    page: delimited(
      family(
        's',
        SUMMARY,
        part(
          4,
          uint(1, 5),
          double(2, 6),
          part(3, double(1, 0.5), double(2, 1)),
          part(3, double(1, 1), double(2, 2)),
          part(3, double(1, NaN), double(2, NaN)),
        ),
      ),
    ),
    outcome: ['s_count 5', 's_sum 6', 's{quantile="0.5"} 1', 's{quantile="1.0"} 2', 's{quantile="NaN"} NaN'],
  },
  {
    name: 'summary none',
    page: delimited(family('s', SUMMARY, part(4, uint(1, 5), double(2, 6)))),
    outcome: ['s_count 5', 's_sum 6'],
  },
  { name: 'summary no msg', page: delimited(family('s', SUMMARY, gauge(1))), outcome: ['s_count 0', 's_sum 0'] },
  {
    name: 'hist classic',
    page: delimited(
      family('h', HISTOGRAM, histogram(uint(1, 5), double(2, 6), bucket(1, 1), bucket(2, 1e6), bucket(5, Infinity))),
    ),
    outcome: ['h_count 5', 'h_sum 6', 'h_bucket{le="1.0"} 1', 'h_bucket{le="1e+06"} 2', 'h_bucket{le="+Inf"} 5'],
  },
  {
    name: 'hist noinf',
    page: delimited(family('h', HISTOGRAM, histogram(uint(1, 5), double(2, 6), bucket(1, 1)))),
    outcome: ['h_count 5', 'h_sum 6', 'h_bucket{le="1.0"} 1', 'h_bucket{le="+Inf"} 5'],
  },
  {
    name: 'hist after inf',
    page: delimited(family('h', HISTOGRAM, histogram(uint(1, 5), double(2, 6), bucket(4, Infinity), bucket(1, 1)))),
    outcome: ['h_count 5', 'h_sum 6', 'h_bucket{le="+Inf"} 4'],
  },
  {
    name: 'hist no buckets',
    page: delimited(family('h', HISTOGRAM, histogram(uint(1, 5), double(2, 6)))),
    outcome: ['h_count 5', 'h_sum 6', 'h_bucket{le="+Inf"} 5'],
  },
  {
    name: 'hist float',
    page: delimited(
      family('h', HISTOGRAM, histogram(double(4, 5.5), double(2, 6), part(3, double(4, 1.5), double(2, 1)))),
    ),
    outcome: ['h_count 5.5', 'h_sum 6', 'h_bucket{le="1.0"} 1.5', 'h_bucket{le="+Inf"} 5.5'],
  },
  {
    name: 'hist no msg',
    page: delimited(family('h', HISTOGRAM, gauge(1))),
    outcome: ['h_count 0', 'h_sum 0', 'h_bucket{le="+Inf"} 0'],
  },
  {
    name: 'hist two metrics',
    page: delimited(
      family(
        'h',
        HISTOGRAM,
        [...label('x', '1'), ...histogram(uint(1, 5), double(2, 6), bucket(1, 1))],
        [...label('x', '2'), ...histogram(uint(1, 7), double(2, 6))],
      ),
    ),
    outcome: [
      'h_count{x="1"} 5',
      'h_sum{x="1"} 6',
      'h_bucket{le="1.0", x="1"} 1',
      'h_bucket{le="+Inf", x="1"} 5',
      'h_count{x="2"} 7',
      'h_sum{x="2"} 6',
      'h_bucket{le="+Inf", x="2"} 7',
    ],
  },
  {
    name: 'hist dup buckets',
    page: delimited(family('h', HISTOGRAM, histogram(uint(1, 5), double(2, 6), bucket(1, 1), bucket(2, 1)))),
    outcome: ['h_count 5', 'h_sum 6', 'h_bucket{le="1.0"} 1', 'h_bucket{le="1.0"} 2', 'h_bucket{le="+Inf"} 5'],
  },
  {
    name: 'native',
    page: delimited(family('n', HISTOGRAM, native())),
    outcome: ['n {schema 3 count 6 sum 6 zero 2 positive[0:2][1:1]=1,2,1}'],
  },
  {
    name: 'native classic too',
    page: delimited(family('n', HISTOGRAM, native(bucket(1, 1), bucket(2, 2)))),
    outcome: [
      'n {schema 3 count 6 sum 6 zero 2 positive[0:2][1:1]=1,2,1}',
      'n_count 6',
      'n_sum 6',
      'n_bucket{le="1.0"} 1',
      'n_bucket{le="2.0"} 2',
      'n_bucket{le="+Inf"} 6',
    ],
    classicToo: true,
  },
  {
    name: 'native only with classic opt',
    page: delimited(family('n', HISTOGRAM, native())),
    outcome: ['n {schema 3 count 6 sum 6 zero 2 positive[0:2][1:1]=1,2,1}'],
    classicToo: true,
  },
  {
    name: 'native has buckets no opt',
    page: delimited(family('n', HISTOGRAM, native(bucket(1, 1)))),
    outcome: ['n {schema 3 count 6 sum 6 zero 2 positive[0:2][1:1]=1,2,1}'],
  },
  {
    name: 'native gauge',
    page: delimited(family('n', GAUGE_HISTOGRAM, native())),
    outcome: ['n {schema 3 count 6 sum 6 zero 2 positive[0:2][1:1]=1,2,1 gauge}'],
  },
  {
    name: 'native packed',
    page: delimited(
      family(
        'n',
        HISTOGRAM,
        histogram(uint(1, 4), double(2, 6), sint(5, 3), span(12, 0, 2), part(13, zigzag(1), zigzag(2))),
      ),
    ),
    outcome: ['n {schema 3 count 4 sum 6 zero 0 positive[0:2]=1,3}'],
  },
  {
    name: 'native float',
    page: delimited(
      family(
        'n',
        HISTOGRAM,
        histogram(double(4, 4.5), double(2, 6), sint(5, 3), span(12, 0, 2), double(14, 1.5), double(14, 3)),
      ),
    ),
    outcome: ['n {schema 3 count 4.5 sum 6 zero 0 positive[0:2]=1.5,3}'],
  },
  {
    name: 'native float packed',
    page: delimited(
      family(
        'n',
        HISTOGRAM,
        histogram(double(4, 4.5), double(2, 6), sint(5, 3), span(12, 0, 1), part(14, double(1, 4.5).slice(1))),
      ),
    ),
    outcome: ['n {schema 3 count 4.5 sum 6 zero 0 positive[0:1]=4.5}'],
  },
  {
    name: 'native count mismatch',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 9), double(2, 6), sint(5, 3), span(12, 0, 1), sint(13, 1))),
    ),
    outcome: refused(
      "1 observations found in buckets, but the Count field is 9: histogram's observation count should equal the number of observations found in the buckets (in absence of NaN)",
    ),
  },
  {
    name: 'native count mismatch nan sum',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 9), double(2, NaN), sint(5, 3), span(12, 0, 1), sint(13, 1))),
    ),
    outcome: ['n {schema 3 count 9 sum NaN zero 0 positive[0:1]=1}'],
  },
  {
    name: 'native small count nan sum',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 0), double(2, NaN), sint(5, 3), span(12, 0, 1), sint(13, 1))),
    ),
    outcome: refused(
      "1 observations found in buckets, but the Count field is 0: histogram's observation count should be at least the number of observations found in the buckets",
    ),
  },
  {
    name: 'native spans mismatch',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 6), sint(5, 3), span(12, 0, 2), sint(13, 1))),
    ),
    outcome: refused(
      'positive side: spans need 2 buckets, have 1 buckets: histogram spans specify different number of buckets than provided',
    ),
  },
  {
    name: 'neg spans mismatch',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 6), sint(5, 3), span(9, 0, 2), sint(10, 1))),
    ),
    outcome: refused(
      'negative side: spans need 2 buckets, have 1 buckets: histogram spans specify different number of buckets than provided',
    ),
  },
  {
    name: 'neg bucket',
    page: delimited(
      family(
        'n',
        HISTOGRAM,
        histogram(uint(1, 1), double(2, 6), sint(5, 3), span(12, 0, 2), sint(13, 2), sint(13, -3)),
      ),
    ),
    outcome: refused(
      'positive side: bucket number 2 has observation count of -1: histogram has a bucket whose observation count is negative',
    ),
  },
  {
    name: 'neg offset 2nd span',
    page: delimited(
      family(
        'n',
        HISTOGRAM,
        histogram(uint(1, 2), double(2, 6), sint(5, 3), span(12, 0, 1), span(12, -1, 1), sint(13, 1), sint(13, 0)),
      ),
    ),
    outcome: refused('positive side: span number 2 with offset -1: histogram has a span whose offset is negative'),
  },
  {
    name: 'schema 8',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 6), sint(5, 8), span(12, 0, 1), sint(13, 1))),
    ),
    outcome: ['n {schema 8 count 1 sum 6 zero 0 positive[0:1]=1}'],
  },
  {
    name: 'schema 9',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 6), sint(5, 9), span(12, 0, 1), sint(13, 1))),
    ),
    outcome: refused('histogram has an invalid schema: 9 is not between -4 and 8'),
    otherwiseBecause: 'it stores what breaks its queries',
  },
  {
    name: 'schema -4',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 6), sint(5, -4), span(12, 0, 1), sint(13, 1))),
    ),
    outcome: ['n {schema -4 count 1 sum 6 zero 0 positive[0:1]=1}'],
  },
  {
    name: 'schema -5',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 6), sint(5, -5), span(12, 0, 1), sint(13, 1))),
    ),
    outcome: refused('histogram has an invalid schema: -5 is not between -4 and 8'),
    otherwiseBecause: 'it stores what breaks its queries',
  },
  {
    name: 'schema -53',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 6), sint(5, -53), span(12, 0, 1), sint(13, 1))),
    ),
    outcome: refused('histogram has an invalid schema: -53 is not between -4 and 8'),
    otherwiseBecause: 'it stores what breaks its queries',
  },
  {
    name: 'schema 100',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 6), sint(5, 100), span(12, 0, 1), sint(13, 1))),
    ),
    outcome: refused('histogram has an invalid schema: 100 is not between -4 and 8'),
    otherwiseBecause: 'it stores what breaks its queries',
  },
  {
    name: 'no op span',
    page: delimited(family('n', HISTOGRAM, histogram(uint(1, 0), double(2, 0), sint(5, 3), span(12, 0, 0)))),
    outcome: ['n {schema 3 count 0 sum 0 zero 0}'],
  },
  {
    name: 'zero count only',
    page: delimited(family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 0), sint(5, 3), uint(7, 1)))),
    outcome: ['n {schema 3 count 1 sum 0 zero 1}'],
  },
  {
    name: 'zero count float only',
    page: delimited(family('n', HISTOGRAM, histogram(double(4, 1), double(2, 0), sint(5, 3), double(8, 1)))),
    outcome: ['n_count 1', 'n_sum 0', 'n_bucket{le="+Inf"} 1'],
  },
  {
    name: 'zero thr only',
    page: delimited(family('n', HISTOGRAM, histogram(uint(1, 0), double(2, 0), sint(5, 3), double(6, 1)))),
    outcome: ['n {schema 3 count 0 sum 0 zero 0}'],
  },
  {
    name: 'zero thr neg',
    page: delimited(family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 0), sint(5, 3), double(6, -1), uint(7, 1)))),
    outcome: ['n {schema 3 count 1 sum 0 zero 1}'],
  },
  {
    name: 'huge span',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 6), sint(5, 3), span(12, 0, 4294967295), sint(13, 1))),
    ),
    outcome: refused(
      'positive side: spans need 4294967295 buckets, have 1 buckets: histogram spans specify different number of buckets than provided',
    ),
  },
  {
    name: 'huge zero-length offset',
    page: delimited(
      family('n', HISTOGRAM, histogram(uint(1, 1), double(2, 6), sint(5, 3), span(12, 2147483647, 1), sint(13, 1))),
    ),
    outcome: ['n {schema 3 count 1 sum 6 zero 0 positive[2147483647:1]=1}'],
  },
  {
    name: 'float hist neg bucket',
    page: delimited(
      family('n', HISTOGRAM, histogram(double(4, 1), double(2, 6), sint(5, 3), span(12, 0, 1), double(14, -1))),
    ),
    outcome: refused(
      'positive side: bucket number 1 has observation count of -1: histogram has a bucket whose observation count is negative',
    ),
  },
  {
    name: 'float hist neg count',
    page: delimited(
      family('n', HISTOGRAM, histogram(double(4, -1), double(2, 6), sint(5, 3), span(12, 0, 1), double(14, 1))),
    ),
    outcome: refused(
      'positive side: spans need 1 buckets, have 0 buckets: histogram spans specify different number of buckets than provided',
    ),
  },
  {
    name: 'float hist count mismatch',
    page: delimited(
      family('n', HISTOGRAM, histogram(double(4, 9), double(2, 6), sint(5, 3), span(12, 0, 1), double(14, 1))),
    ),
    outcome: ['n {schema 3 count 9 sum 6 zero 0 positive[0:1]=1}'],
  },
  {
    name: 'float hist nan bucket',
    page: delimited(
      family('n', HISTOGRAM, histogram(double(4, 9), double(2, 6), sint(5, 3), span(12, 0, 1), double(14, NaN))),
    ),
    outcome: ['n {schema 3 count 9 sum 6 zero 0 positive[0:1]=NaN}'],
  },
  {
    name: 'mixed native first',
    page: delimited(
      family(
        'n',
        HISTOGRAM,
        [...label('x', '1'), ...native()],
        [...label('x', '2'), ...histogram(uint(1, 5), double(2, 6), bucket(1, 1))],
      ),
    ),
    outcome: [
      'n{x="1"} {schema 3 count 6 sum 6 zero 2 positive[0:2][1:1]=1,2,1}',
      'n_count{x="2"} 5',
      'n_sum{x="2"} 6',
      'n_bucket{le="1.0", x="2"} 1',
      'n_bucket{le="+Inf", x="2"} 5',
    ],
    otherwiseBecause: 'the first metric decides for all of its family',
  },
  {
    name: 'mixed classic first',
    page: delimited(
      family(
        'n',
        HISTOGRAM,
        [...label('x', '2'), ...histogram(uint(1, 5), double(2, 6), bucket(1, 1))],
        [...label('x', '1'), ...native()],
      ),
    ),
    outcome: [
      'n_count{x="2"} 5',
      'n_sum{x="2"} 6',
      'n_bucket{le="1.0", x="2"} 1',
      'n_bucket{le="+Inf", x="2"} 5',
      'n{x="1"} {schema 3 count 6 sum 6 zero 2 positive[0:2][1:1]=1,2,1}',
    ],
    otherwiseBecause: 'the first metric decides for all of its family',
  },
  {
    name: 'empty buckets compact',
    page: delimited(
      family(
        'n',
        HISTOGRAM,
        histogram(uint(1, 2), double(2, 6), sint(5, 3), span(12, 0, 3), sint(13, 1), sint(13, -1), sint(13, 1)),
      ),
    ),
    outcome: ['n {schema 3 count 2 sum 6 zero 0 positive[0:1][1:1]=1,1}'],
  },
  {
    name: 'gauge hist classic',
    page: delimited(family('h', GAUGE_HISTOGRAM, histogram(uint(1, 5), double(2, 6), bucket(1, 1)))),
    outcome: ['h_count 5', 'h_sum 6', 'h_bucket{le="1.0"} 1', 'h_bucket{le="+Inf"} 5'],
  },
  {
    name: 'truncated',
    page: delimited(family('a', GAUGE, gauge(1))).slice(0, -1),
    outcome: refused('clientpb: insufficient length of buffer, expected at least 19 bytes, got 18 bytes'),
  },
  {
    name: 'len huge',
    page: [255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 1],
    outcome: refused('clientpb: invalid varint encountered'),
  },
  {
    name: 'len 5 bytes',
    page: [255, 255, 255, 255, 15, 1],
    outcome: refused('clientpb: insufficient length of buffer, expected at least 4294967300 bytes, got 6 bytes'),
  },
  {
    name: 'len overflow',
    page: [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
    outcome: refused('clientpb: invalid varint encountered'),
  },
  { name: 'len 0', page: [0], outcome: [] },
  { name: 'len 0 then', page: [0, ...delimited(family('a', GAUGE, gauge(1)))], outcome: ['a 1'] },
  {
    name: 'garbage after',
    page: [...delimited(family('a', GAUGE, gauge(1))), 5],
    outcome: refused('clientpb: insufficient length of buffer, expected at least 6 bytes, got 1 bytes'),
  },
  { name: 'unfinished varint', page: [255], outcome: refused('clientpb: invalid varint encountered') },
  {
    name: 'bad wire',
    page: delimited([...varint((1 << 3) | 0), 1]),
    outcome: refused('protobuf: byte 2, field 1: wire type 0, not 2'),
    otherwiseBecause: 'it words it otherwise',
  },
  {
    name: 'wire 3 group',
    page: delimited([...varint((9 << 3) | 3), ...varint((9 << 3) | 4), ...family('a', GAUGE, gauge(1))]),
    outcome: refused('protobuf: byte 2, field 9: a group'),
    otherwiseBecause: 'it skips groups',
  },
  {
    name: 'wire 4',
    page: delimited([...varint((9 << 3) | 4), ...family('a', GAUGE, gauge(1))]),
    outcome: refused('protobuf: byte 2, field 9: a group'),
    otherwiseBecause: 'it words it otherwise',
  },
  {
    name: 'wire 6',
    page: delimited([...varint((9 << 3) | 6)]),
    outcome: refused('protobuf: byte 2, field 9: wire type 6'),
    otherwiseBecause: 'it words it otherwise',
  },
  {
    name: 'unknown field',
    page: delimited([...uint(99, 5), ...text(98, 'x'), ...double(97, 1), ...family('a', GAUGE, gauge(1))]),
    outcome: ['a 1'],
  },
  {
    name: 'tag 0',
    page: delimited([0, 0, ...family('a', GAUGE, gauge(1))]),
    outcome: refused('protobuf: byte 2, field 0: no field has this number'),
    otherwiseBecause: 'it words it otherwise',
  },
  {
    name: 'inner trunc',
    page: delimited([...text(1, 'a'), ...uint(3, 1), (4 << 3) | 2, 5, 1]),
    outcome: refused('protobuf: byte 8, field 4: 5 bytes of 1'),
    otherwiseBecause: 'it words it otherwise',
  },
  {
    name: 'inner neg len',
    page: delimited([...text(1, 'a'), ...uint(3, 1), (4 << 3) | 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
    outcome: refused('protobuf: byte 17, field 4: a length of over 2^32'),
    otherwiseBecause: 'it words it otherwise',
  },
  {
    name: 'metric bad inner',
    page: delimited([...text(1, 'a'), ...uint(3, 1), ...part(4, [(2 << 3) | 0, 1])]),
    outcome: refused('protobuf: byte 9, field 2: wire type 0, not 2'),
    otherwiseBecause: 'it words it otherwise',
  },
  {
    name: 'metric trunc double',
    page: delimited([...text(1, 'a'), ...uint(3, 1), ...part(4, part(2, [9, 0, 0]))]),
    outcome: refused('protobuf: byte 11, field 1: 8 bytes of 2'),
    otherwiseBecause: 'it words it otherwise',
  },
  {
    name: 'trunc after good',
    page: [...delimited(family('a', GAUGE, gauge(1))), 50, 1, 2],
    outcome: refused('clientpb: insufficient length of buffer, expected at least 51 bytes, got 3 bytes'),
  },
  {
    name: '32bit field',
    page: delimited([...varint((96 << 3) | 5), 1, 2, 3, 4, ...family('a', GAUGE, gauge(1))]),
    outcome: ['a 1'],
  },
  { name: 'double name', page: delimited([...text(1, 'x'), ...family('a', GAUGE, gauge(1))]), outcome: ['a 1'] },
  {
    name: 'type after metric',
    page: delimited([...text(1, 'a'), ...part(4, gauge(1)), ...uint(3, 1)]),
    outcome: ['a 1'],
  },
  { name: 'two gauges merged', page: delimited(family('a', GAUGE, [...gauge(1), ...gauge(2)])), outcome: ['a 2'] },
  {
    name: 'hist merged',
    page: delimited(
      family('h', HISTOGRAM, [...histogram(uint(1, 5), bucket(1, 1)), ...histogram(double(2, 6), bucket(2, 2))]),
    ),
    outcome: ['h_count 5', 'h_sum 6', 'h_bucket{le="1.0"} 1', 'h_bucket{le="2.0"} 2', 'h_bucket{le="+Inf"} 5'],
  },
  { name: 'ct counter', page: delimited(family('a', COUNTER, counter(1, time(3, NOW - 100, 5e6)))), outcome: ['a 1'] },
  {
    name: 'exemplar',
    page: delimited(family('a', COUNTER, counter(1, exemplar(2, 3, NOW, label('t', 'x'))))),
    outcome: ['a 1'],
  },
  {
    name: 'exemplar dup',
    page: delimited(family('a', COUNTER, counter(1, exemplar(2, 3, NOW, label('t', 'x'), label('t', 'y'))))),
    outcome: ['a 1'],
  },
  {
    name: 'exemplar bad utf8',
    page: delimited(family('a', COUNTER, counter(1, exemplar(2, 3, NOW, part(1, text(1, 't'), part(2, [255])))))),
    outcome: ['a 1'],
  },
  {
    name: 'int count > 2^53',
    page: delimited(family('h', HISTOGRAM, histogram(uint(1, 9007199254740993n), double(2, 6)))),
    outcome: ['h_count 9007199254740992', 'h_sum 6', 'h_bucket{le="+Inf"} 9007199254740992'],
  },
  { name: 'type varint big', page: delimited(family('a', 4294967297n, gauge(1))), outcome: ['a 1'] },
  {
    name: 'same name twice',
    page: [
      ...delimited(family('a', GAUGE, gauge(1))),
      ...delimited(family('a', COUNTER, [...label('x', 'y'), ...counter(1)])),
    ],
    outcome: ['a 1', 'a{x="y"} 1'],
  },
  {
    name: 'label unsorted',
    page: delimited(family('a', GAUGE, [...label('z', '1'), ...label('b', '2'), ...gauge(1)])),
    outcome: ['a{b="2", z="1"} 1'],
  },
  {
    name: 'hist le label present',
    page: delimited(
      family('h', HISTOGRAM, [...label('le', '7'), ...histogram(uint(1, 5), double(2, 6), bucket(1, 1))]),
    ),
    outcome: refused('label name "le" is not unique: invalid sample'),
  },
  {
    name: 'bucket NaN',
    page: delimited(family('h', HISTOGRAM, histogram(uint(1, 5), double(2, 6), bucket(1, NaN)))),
    outcome: ['h_count 5', 'h_sum 6', 'h_bucket{le="NaN"} 1', 'h_bucket{le="+Inf"} 5'],
  },
  {
    name: 'bucket -0',
    page: delimited(family('h', HISTOGRAM, histogram(uint(1, 5), double(2, 6), bucket(1, -0)))),
    outcome: ['h_count 5', 'h_sum 6', 'h_bucket{le="0.0"} 1', 'h_bucket{le="+Inf"} 5'],
  },
]
