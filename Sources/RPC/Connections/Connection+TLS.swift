import NIOCore
import TLS

/// TLS of a connection: what comes is decrypted before anything looks at it, what is sent is encrypted last of all, so
/// that every protocol of the port is inside.
extension Connection {
    // MARK: Beginning

    /// Begins the handshake where the server has TLS; the shard knows the connection.
    func beginTLS() {
        guard let settings = shard.shared.configuration.tls else { return }
        guard let session = settings.makeSession() else {
            shard.context.counters.add(.handshakeFailures)
            logClosing("there is no memory for its TLS session")
            return perform(state.close(.handshake))
        }
        tls = session
        isHandshaking = true
        // As if a packet had begun: whoever says nothing is not idle.
        state.readEnded(packets: 0, heldBytes: 1, now: began)
        shard.beginHandshake(token)
    }

    /// The handshake is done, or will never be.
    func endHandshake() {
        guard isHandshaking else { return }
        isHandshaking = false
        shard.endHandshake()
    }

    /// Closes the connection whose handshake began first, for a newer one.
    func giveUpHandshake() {
        guard isHandshaking else { return }
        perform(state.close(.handshakeGaveWay))
    }

    func tickHandshake(_ now: UInt64) {
        guard isHandshaking, now &- began >= shard.shared.configuration.handshake.wholeNanoseconds else { return }
        perform(state.close(.handshake))
    }

    // MARK: Reading

    /// Decrypts a read and has it taken apart, all of it as one read.
    func readTLS(_ bytes: UnsafeRawBufferPointer, _ tls: TLSSession) {
        var input = bytes
        if !tls.isOpen {
            if tls.isUntouched, let first = input.first, first != Self.handshakeRecord { return refusePlainBytes() }
            guard shakeHands(&input, tls) else { return }
        }
        // Out of the shard while it is used: nothing else may write to it.
        var plain = shard.takePlain(bytes: input.count + TLSLimits.recordBytesMax)
        var count = 0
        var step = TLSSession.Step.needsRoom
        while step == .needsRoom {
            shard.sealed.append(TLSLimits.roomBytes) { room in
                let rest = UnsafeMutableRawBufferPointer(rebasing: plain[count...])
                let result = tls.decrypt(&input, into: rest, to: room)
                step = result.0
                count += result.count
                return result.written
            }
        }
        sendSealed(flush: true)
        if count > 0 { take(UnsafeRawBufferPointer(rebasing: plain[..<count])) }
        shard.giveBack(&plain)
        switch step {
        case .done, .needsRoom:
            precondition(input.isEmpty, "a read was not decrypted to its end")
            if tls.isInsideRecord, state.acceptsRequests {
                state.readEnded(packets: 0, heldBytes: 1, now: MonotonicClock.nanoseconds())
            }
        case .peerEnded: perform(state.inputClosed(now: MonotonicClock.nanoseconds()))
        case .failed(let failure): fail(failure)
        }
    }

    /// Whether the handshake is done.
    private func shakeHands(_ input: inout UnsafeRawBufferPointer, _ tls: TLSSession) -> Bool {
        var step = TLSSession.Step.needsRoom
        while step == .needsRoom {
            shard.sealed.append(TLSLimits.roomBytes) { room in
                let result = tls.handshake(&input, to: room)
                step = result.0
                return result.written
            }
        }
        sendSealed(flush: true)
        switch step {
        case .failed(let failure): fail(failure)
        case .peerEnded: perform(state.inputClosed(now: MonotonicClock.nanoseconds()))
        case .done, .needsRoom: if tls.isOpen { openTLS(tls) }
        }
        return tls.isOpen && state.acceptsRequests
    }

    private func openTLS(_ tls: TLSSession) {
        endHandshake()
        shard.context.counters.add(.handshakes)
        tls.keepBuffers(shard.keepsTLSBuffers)
        if let peer = tls.peer {
            identified(by: PeerCertificate(commonName: peer.commonName, alternativeNames: peer.plainNames))
        }
        switch tls.application {
        case nil: break
        case .http2: agreed = .http2
        case .http1: agreed = .http1
        }
        state.readEnded(packets: 0, heldBytes: 0, now: MonotonicClock.nanoseconds())
    }

    // MARK: Refusing

    /// The type of the record that a session begins with.
    static let handshakeRecord: UInt8 = 0x16

    private func refusePlainBytes() {
        endHandshake()
        refuseBytes("its bytes are not TLS, and this port takes nothing else: the client needs --tls-ca", .plainBytes)
    }

    /// A client of a port without TLS begins with TLS.
    func refuseClientHello() {
        refuseBytes(
            """
            it begins with TLS, and this server has none: start it with --tls-certificate and --tls-key, or call it \
            without --tls-ca
            """, .unwantedTLS)
    }

    private func fail(_ failure: TLSFailure) {
        let wasHandshaking = isHandshaking
        endHandshake()
        guard state.acceptsRequests else { return }
        let reason: CloseReason = failure == .flood ? .flood : wasHandshaking ? .handshake : .badFrame
        refuseBytes(failure.ofClient, reason)
    }

    // MARK: Writing

    /// Encrypts bytes and sends them; `flush`: at once.
    func writeTLS(_ answers: ByteBuffer, _ tls: TLSSession, flush: Bool) {
        answers.withUnsafeReadableBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                var step = TLSSession.Step.done
                shard.sealed.append(TLSSession.room(for: rest.count)) { room in
                    let result = tls.encrypt(rest, to: room)
                    step = result.0
                    rest = UnsafeRawBufferPointer(rebasing: rest[result.used...])
                    return result.written
                }
                // The session is over: nobody could read what comes.
                if case .failed = step { return }
            }
        }
        sendSealed(flush: flush)
    }

    /// Says that nothing more will come, so that the peer can tell the end from a cut line.
    func sayEndOfTLS() {
        guard let tls, tls.canSend else { return }
        shard.sealed.append(TLSLimits.roomBytes) { tls.finish(to: $0) }
        sendSealed(flush: true)
    }
}
