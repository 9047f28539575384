import CShims

/// brpc's `checksum_type`.
package enum ChecksumType: Int32, Sendable {
    case none = 0
    case crc32c = 1

    /// For error texts.
    static let supported = "0 none, 1 CRC-32C"
}

/// brpc's CRC-32C of a message as it is sent, compressed if it is.
package enum Checksum {
    /// Bytes of a `checksum_value`.
    package static let valueBytes = 4

    /// What stands in `checksum_value`, read as a big-endian number: the CRC-32C of `message` and then of `more`,
    /// masked as LevelDB masks those that are stored beside their data.
    ///
    /// Takes some 0.1 ns a byte.
    package static func masked(
        of message: UnsafeRawBufferPointer,
        and more: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) -> UInt32 {
        let crc = extended(extended(0, message), more)
        return (crc >> 15 | crc << 17) &+ 0xa282_ead8
    }

    private static func extended(_ crc: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let start = bytes.baseAddress else { return crc }
        return shim_crc32c(crc, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
}

extension MetaFeatures {
    /// Whether a message, as it came, is what the meta's checksum is of; true where it has none.
    package func checksumFits(message: UnsafeRawBufferPointer, attachment: UnsafeRawBufferPointer) -> Bool {
        guard checksumType != ChecksumType.none.rawValue else { return true }
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        return checksumType == ChecksumType.crc32c.rawValue && checksumBytes == Checksum.valueBytes
            && Checksum.masked(of: message, and: checksumHasAttachment ? attachment : nothing) == checksumValue
    }
}
