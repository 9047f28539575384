/// Bounds of what the filing registers keep of one person and altogether: everything that a request can make grow.
package enum FilingLimit {
    /// Qualifications of one person, corrections included: a few diseases, each corrected dozens of times.
    package static var qualificationsMax: Int { 1_000 }
    /// Applications, suspicions, contracts, survey entries, feedback and reports of one person, each: one a month for
    /// twenty years.
    package static var recordsMax: Int { 240 }
    /// Entries of the expert register (慢性病鉴定专家库) of the whole server.
    package static var expertsMax: Int { 100_000 }
    /// Statements of subsidies of the whole server: one a month of each region for a century.
    package static var statementsMax: Int { 10_000 }
    /// Experts who decide one application.
    package static var expertsPerDecisionMax: Int { 16 }
    /// Bytes of a written reason or another free text: a page.
    package static var textBytesMax: Int { 2_000 }
    /// Bytes of a code: a disease, an expert, an area.
    package static var codeBytesMax: Int { 64 }
    /// Kinds of papers of one application.
    package static var papersMax: Int { 32 }
}
