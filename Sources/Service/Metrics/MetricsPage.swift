import RPC

/// The page that Prometheus reads.
package enum MetricsPage {
    /// `/metrics`.
    ///
    /// - Parameters:
    ///   - figures: nil: the ledger opens, and there is nothing to show yet.
    ///   - isLocal: shown to this machine alone, under one of its names; otherwise to whoever reaches it.
    package static func page(_ figures: @escaping @Sendable () -> ServerFigures?, isLocal: Bool) -> HTTPPage {
        HTTPPage(path: "/metrics", isLocal: isLocal, takesAnyHost: !isLocal) { _ in
            guard let figures = figures() else {
                return HTTPPage.Answer(
                    status: 503, contentType: "text/plain; charset=utf-8", body: Array("the ledger opens\n".utf8))
            }
            return HTTPPage.Answer(
                contentType: MetricsText.contentType, body: figures.metricsText, fields: [("cache-control", "no-store")]
            )
        }
    }
}
