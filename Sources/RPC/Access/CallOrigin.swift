/// In whose name a call is made: what records name beside their content.
///
/// A connection makes one and keeps it; another one when its client names another operator. Calls refer to it, so that
/// they copy no texts.
package final class CallOrigin: Sendable {
    /// Who calls.
    package let who: Caller
    /// The person at the caller's who acts (经办人), by a code as the caller tells it; empty: not told.
    package let operatorCode: String
    /// Whether there is a caller's name or an operator's code.
    package let isNamed: Bool
    /// Where the connection comes from.
    package let peer: PeerAddress

    package init(_ who: Caller = .everybody, operatorCode: String = "", peer: PeerAddress) {
        self.who = who
        self.operatorCode = operatorCode
        isNamed = !who.name.isEmpty || !operatorCode.isEmpty
        self.peer = peer
    }

    /// The name of who calls, as the server knows it; empty: nobody has to say who they are.
    package var caller: String { who.name }

    /// The same with another operator; `code` is valid.
    func with(operatorCode code: UnsafeRawBufferPointer) -> CallOrigin {
        CallOrigin(who, operatorCode: String(decoding: code, as: UTF8.self), peer: peer)
    }

    func hasOperator(_ code: UnsafeRawBufferPointer) -> Bool {
        operatorCode.utf8.count == code.count && operatorCode.utf8.elementsEqual(code)
    }
}
