export { ProtobufError, ProtobufReader } from './protobuf/reader.ts'
export { FIXED32, FIXED64, LENGTH, VARINT, type WireType } from './protobuf/wire-type.ts'
export { ProtobufWriter } from './protobuf/writer.ts'
