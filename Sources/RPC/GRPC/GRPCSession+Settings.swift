/// What both sides announce.
extension GRPCSession {
    private enum Setting: UInt16 {
        case headerTableSize = 1
        case enablePush = 2
        case streamsMax = 3
        case initialWindowSize = 4
        case frameBytesMax = 5
        case headerListBytesMax = 6
        /// RFC 9218: nobody uses the tree of priorities of RFC 7540 any more.
        case noPriorities = 9
    }

    /// Tells a new peer what this server takes.
    func announce() {
        let settings: [(Setting, Int)] = [
            (.streamsMax, Limits.http2StreamsMax), (.initialWindowSize, Limits.http2StreamWindowBytes),
            (.headerListBytesMax, Limits.http2HeaderBytesMax), (.noPriorities, 1),
        ]
        writer.write(.settings, length: 6 * settings.count) { out in
            for (index, setting) in settings.enumerated() {
                out.storeBytes(of: setting.0.rawValue.bigEndian, toByteOffset: 6 * index, as: UInt16.self)
                out.storeBytes(of: UInt32(setting.1).bigEndian, toByteOffset: 6 * index + 2, as: UInt32.self)
            }
        }
        writer.write(
            .windowUpdate, stream: 0, number: UInt32(Limits.http2ConnectionWindowBytes - Self.firstWindow))
    }

    func takeSettings(_ head: HTTP2FrameHead, _ payload: UnsafeRawBufferPointer) {
        guard head.stream == 0 else { return breach("SETTINGS on a stream", .protocolError) }
        if head.flags.contains(.acknowledgement) {
            guard head.length == 0 else { return breach("an acknowledgement of SETTINGS with a payload", .frameSize) }
            isAcknowledged = true
            return
        }
        guard head.length % 6 == 0 else { return breach("SETTINGS of \(head.length) bytes", .frameSize) }
        for start in stride(from: 0, to: payload.count, by: 6) where failure == nil {
            let id = UInt16(bigEndian: payload.loadUnaligned(fromByteOffset: start, as: UInt16.self))
            let value = Int(UInt32(bigEndian: payload.loadUnaligned(fromByteOffset: start + 2, as: UInt32.self)))
            if let setting = Setting(rawValue: id) { take(setting, value) }
        }
        guard failure == nil else { return }
        hasSettings = true
        writer.write(.settings, .acknowledgement, length: 0) { _ in }
    }

    private func take(_ setting: Setting, _ value: Int) {
        switch setting {
        case .headerTableSize: answerFields.resize(value)
        case .enablePush, .noPriorities:
            guard value <= 1 else { return breach("a setting that is neither 0 nor 1: \(value)", .protocolError) }
        case .initialWindowSize:
            guard value <= Self.windowMax else { return breach("a first window of \(value) bytes", .flowControl) }
            changeWindows(to: value)
        case .frameBytesMax:
            guard (1 << 14..<1 << 24).contains(value) else {
                return breach("a largest frame of \(value) bytes", .protocolError)
            }
        case .streamsMax, .headerListBytesMax: break
        }
    }

    /// Of every stream that is open, and of those to come.
    private func changeWindows(to value: Int) {
        let change = value - streamWindow
        streamWindow = value
        for stream in open {
            stream.sendWindow += change
            guard stream.sendWindow <= Self.windowMax else {
                return breach("a first window that opens one to more than 2^31 - 1 bytes", .flowControl)
            }
        }
        mayGoOn = true
    }
}
