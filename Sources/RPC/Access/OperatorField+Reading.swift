extension OperatorField {
    /// What a request says, read; the bytes are the request's.
    enum Reading {
        case none
        case code(UnsafeRawBufferPointer)
        case refused(CallStatus)

        init(_ value: UnsafeRawBufferPointer) {
            if value.isEmpty {
                self = .none
            } else if isValid(value) {
                self = .code(value)
            } else {
                self = .refused(OperatorField.refusal)
            }
        }
    }

    /// Does not repeat what was sent: it may be a name.
    private static let refusal = CallStatus.failed(
        .badRequest,
        "\(name) is no operator's code: it has 1 … \(Limits.operatorBytesMax) letters, digits and . _ - @ / : of "
            + "ASCII, and begins with a letter or a digit; send the number of the person who acts, not a name")
}
