/// Why a request is not even looked up: what its meta has wrong, or asks for and does not get.
extension RPCMeta {
    /// What is wrong with a request whose names, compression or sizes cannot be used.
    ///
    /// - Parameter payloadBytes: what follows the meta.
    package func refusal(payloadBytes: Int) -> CallStatus {
        guard hasRequest else { return .failed(.badRequest, "RpcMeta.request is missing") }
        if service == nil { return .failed(.badRequest, "RpcMeta.request.service_name is missing") }
        if method == nil { return .failed(.badRequest, "RpcMeta.request.method_name is missing") }
        if Compression(rawValue: compressType) == nil {
            return .failed(
                .badRequest,
                "RpcMeta.compress_type \(compressType) is not supported; there are: " + Compression.supported)
        }
        return .failed(
            .badRequest,
            "RpcMeta.attachment_size \(attachmentSize) is not in 0 … \(payloadBytes), what follows the meta")
    }
}

extension MetaFeatures {
    /// What the answer has to have for them.
    var traits: RequestTraits {
        var traits = RequestTraits(language)
        if checksumType == ChecksumType.crc32c.rawValue { traits.insert(.checksum) }
        if contentType == ContentType.protoJSON.rawValue { traits.insert(.json) }
        return traits
    }

    /// Why a request with them is refused; nil: it is not.
    ///
    /// - Parameters:
    ///   - message: as it came, compressed if it is.
    ///   - attachment: what follows it.
    ///   - knowsCallers: whether this server knows callers by their tokens.
    package func refusal(
        message: UnsafeRawBufferPointer, attachment: UnsafeRawBufferPointer, knowsCallers: Bool
    ) -> CallStatus? {
        if hasAuthentication, !knowsCallers {
            return .failed(
                .unauthorized,
                "RpcMeta.authentication_data is set, and this server checks no credentials: whoever reaches its port "
                    + "may call it; send none")
        }
        if hasChunkInfo {
            return .failed(.badRequest, "RpcMeta.chunk_info is set: a message comes whole here, in one packet")
        }
        if hasStream {
            return .failed(
                .badRequest, "RpcMeta.stream_settings is set: no method here opens a stream; call it without one")
        }
        if ContentType(rawValue: contentType) == nil {
            return .failed(
                .badRequest,
                "RpcMeta.content_type \(contentType) is not supported; there are: \(ContentType.supported)")
        }
        return checksumRefusal(message, attachment)
    }

    private func checksumRefusal(
        _ message: UnsafeRawBufferPointer, _ attachment: UnsafeRawBufferPointer
    ) -> CallStatus? {
        guard let type = ChecksumType(rawValue: checksumType) else {
            return .failed(
                .badRequest,
                "RpcMeta.checksum_type \(checksumType) is not supported; there are: \(ChecksumType.supported)")
        }
        if type == .none {
            guard checksumBytes > 0 else { return nil }
            return .failed(
                .badRequest,
                "RpcMeta.checksum_value has \(checksumBytes) bytes and checksum_type is 0: say of which kind it is; "
                    + "there are: \(ChecksumType.supported)")
        }
        guard checksumBytes == Checksum.valueBytes else {
            return .failed(
                .badRequest,
                "RpcMeta.checksum_value has \(checksumBytes) bytes, a CRC-32C has \(Checksum.valueBytes)")
        }
        guard checksumFits(message: message, attachment: attachment) else {
            return .failed(
                .badRequest,
                "RpcMeta.checksum_value is not the CRC-32C of the message: it was damaged on its way, or the checksum "
                    + "is not masked as brpc does it; nothing was done, send it again")
        }
        return nil
    }
}
