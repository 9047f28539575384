extension PersonRecord {
    /// Names the person by a made-up number of the platform's form (psn_no) instead of ours: 26 digits, more than 64
    /// bits hold. Different persons below 2^63 have different ones.
    package mutating func nameByPlatformNumber() {
        let digits = "\(number)"
        no = "999900" + String(repeating: "0", count: max(0, 20 - digits.utf8.count)) + digits
        number = PersonNumbers.firstOfTexts
    }
}
