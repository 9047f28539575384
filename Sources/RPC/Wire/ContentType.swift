/// brpc's `content_type`, as far as it is served.
///
/// Not its 1, a JSON of brpc's own with the fields' names as they stand in the .proto: its reader passes over the names
/// that proto3's JSON has, and would take an answer for an empty one.
package enum ContentType: Int32, Sendable {
    case protobuf = 0
    /// proto3's JSON.
    case protoJSON = 2

    /// For error texts.
    static let supported = "0 protobuf, 2 proto3's JSON"
}
