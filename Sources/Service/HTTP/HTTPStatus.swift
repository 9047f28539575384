/// Which status of HTTP answers which error of the registry; docs/calling/http.md has the same table.
package enum HTTPStatus {
    /// The status that fits an error of the services; the transport's own have theirs (`RPCErrorCode.httpStatus`).
    package static func status(of code: Int32) -> Int {
        switch code {
        // There is no such thing.
        case 4001, 4103, 4201, 4202, 4211, 4301: 404
        // Something that is there stands against it.
        case 4102, 4104, 4105, 4208, 4212, 4215, 4304, 4305: 409
        // The request is right, and the server cannot now.
        case 4106, 4107, 4402: 503
        case 4401: 403
        // The claim, the facts or the application are refused.
        default: 422
        }
    }
}
