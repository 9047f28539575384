extension LayerResult {
    /// An empty result of a layer that stands beside the plans, such as a recognition's (YT-7).
    package init(beside layer: UInt32) { self.init(layer: layer) }
}
