import Policy
import RPC

extension ServerConfiguration {
    /// Takes over how failures are told at every door: gRPC's statuses, HTTP's, names of codes, Chinese sentences with
    /// the words of the regions' sources.
    package mutating func tellErrors(of regions: ServedRegions) {
        errorNaming = ServiceErrors.naming
        http.status = { HTTPStatus.status(of: $0) }
        chineseWording = { regions.chinese.text($0, $1) }
    }
}
