import Settlement

/// Bounds of the register: everything that events can make grow has one.
package enum RegistryLimit {
    /// Bytes of a code: institutions' have 12, referrals' about 30 (定点医药机构编号, 转诊单号).
    package static var codeBytesMax: Int { 64 }
    /// Bytes of a name of an institution or an area: sixty Chinese characters.
    package static var nameBytesMax: Int { 200 }
    /// Areas: a persons' register keeps their numbers in 16 bits; a province has some thousands of townships.
    package static var areasMax: Int { 60_000 }
    /// Changes of one area on record.
    package static var areaVersionsMax: Int { 1_000 }
    /// Institutions: every designated one of the country is about a million.
    package static var institutionsMax: Int { 4_000_000 }
    /// Changes of one institution on record.
    package static var institutionVersionsMax: Int { 1_000 }
    /// Persons: a large province; memory is `PersonRegister.bytesPerPerson` each and `bytesPerRecord` a record.
    package static var personsMax: Int { 100_000_000 }
    /// Records of one person: some ten a year for a life, and corrections.
    package static var personRecordsMax: Int { 1_000 }
    /// The largest premium or contribution base, in fen (42 million yuan): it is kept in 32 bits.
    package static var premiumMax: Fen { Fen(UInt32.max) }
    /// Events of one import call, so that one call cannot hold the sequencer for long.
    package static var importItemsMax: Int { 10_000 }
}
