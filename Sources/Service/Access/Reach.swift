import RPC

/// Whose records a caller may reach: institutions by their codes, or persons and institutions of a region and an area.
package final class Reach: CallerReach {
    package let role: Role
    /// Codes of the institutions it acts for; of an institution or a pharmacy.
    package let institutions: [String]
    /// 统筹区 of an office.
    package let region: String
    /// 区县 or 乡镇街道 of an office (G-17); empty: the whole region.
    package let area: String

    package init(role: Role, institutions: [String] = [], region: String = "", area: String = "") {
        self.role = role
        self.institutions = institutions
        self.region = region
        self.area = area
    }

    /// Whether a code is of one of its institutions; allocates nothing, and takes a comparison for each of them.
    @inline(__always)
    func acts(for code: UnsafeRawBufferPointer) -> Bool {
        for own in institutions where own.utf8.count == code.count && own.utf8.elementsEqual(code) { return true }
        return false
    }
}
