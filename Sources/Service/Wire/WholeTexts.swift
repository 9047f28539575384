import CShims
import Glibc
import RPC
import WireMessages

/// Whether no text of a message, at any depth, has a zero byte.
///
/// protobuf-c gives a text up to its first zero byte, so that two different codes could be taken for one.
func textsAreWhole(
    _ message: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
) -> Bool {
    var fields = WireFields(message)
    while !fields.isAtEnd {
        guard let field = fields.next() else { return true }
        guard let known = protobuf_c_message_descriptor_get_field(descriptor, field.number)?.pointee,
            known.type == PROTOBUF_C_TYPE_STRING || known.type == PROTOBUF_C_TYPE_MESSAGE
        else {
            guard fields.skip(field) else { return true }
            continue
        }
        guard let bytes = fields.bytes(field) else { return true }
        if known.type == PROTOBUF_C_TYPE_STRING {
            if bytes.count > 0, memchr(bytes.baseAddress!, 0, bytes.count) != nil { return false }
        } else if let inner = known.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self) {
            // As deep as the .proto nests, which is never recursive: the unpacking before it went as deep.
            if !textsAreWhole(bytes, inner) { return false }
        }
    }
    return true
}
