/// Why bytes are no request of HTTP/1, or one that is not taken: the status that is answered, and the reason.
package struct HTTP1Refusal: Error, Equatable, Sendable {
    package let status: Int
    /// What is wrong and what to do, in one sentence without a value of the caller's.
    package let text: String

    package init(_ status: Int, _ text: String) {
        self.status = status
        self.text = text
    }
}
