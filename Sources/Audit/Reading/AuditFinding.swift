/// Something in a log that is not as it was written.
package struct AuditFinding: Equatable, Sendable, CustomStringConvertible {
    package enum Fault: Equatable, Sendable {
        /// It is no line of a log.
        case noLine
        /// So many lines before it are gone.
        case missing(UInt64)
        /// It stands behind one with a higher number, or twice.
        case outOfOrder(UInt64, after: UInt64)
        /// It, or the hash of the line before it, is not what was written.
        case changed(UInt64)
        /// The log ends before the line that its head names.
        case truncated(last: UInt64, head: UInt64)
        /// The head names a line of this number with another hash.
        case otherHead(UInt64)
        /// An earlier file is gone.
        case missingFile(Int)
        /// Bytes of an unfinished line at the end: of a kill, or of a write that is under way.
        case torn(Int)
        /// No line has the hash that was asked for.
        case unknownHash
    }

    package let file: String
    /// From 1; 0: of the whole.
    package let line: Int
    package let fault: Fault

    init(_ place: AuditFileReading.Place, _ fault: Fault) {
        file = AuditFiles.name(place.file)
        line = place.line
        self.fault = fault
    }

    init(_ file: String, _ fault: Fault) {
        self.file = file
        line = 0
        self.fault = fault
    }

    package var description: String {
        let place = line > 0 ? "\(file) line \(line)" : file
        return "\(place): \(words)"
    }

    private var words: String {
        switch fault {
        case .noLine: "is no line of an audit log"
        case .missing(let count): "\(count) before it \(count == 1 ? "is" : "are") missing"
        case .outOfOrder(let number, let before): "number \(number) stands behind number \(before)"
        case .changed(let number): "number \(number) was changed, or the line before it"
        case .truncated(let last, let head): "ends with number \(last), and number \(head) was written"
        case .otherHead(let number): "number \(number) has another hash than audit.head says"
        case .missingFile(let number): "\(AuditFiles.name(number)) is missing"
        case .torn(let bytes): "ends with \(bytes) bytes of an unfinished line"
        case .unknownHash: "no line has the hash that was asked for"
        }
    }
}
