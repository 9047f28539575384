import Foundation
import Settlement

/// Every region's pack.
package struct PolicyLibrary: Sendable {
    /// By region.
    package private(set) var packs: [PolicyPack]

    package init(packs: [PolicyPack]) { self.packs = packs.sorted { $0.region < $1.region } }

    /// Puts `pack` in the place of its region's pack.
    package mutating func replace(with pack: PolicyPack) {
        if let index = packs.firstIndex(where: { $0.region == pack.region }) { packs[index] = pack }
    }

    /// The pack of a region; nil: there is none.
    package subscript(region: String) -> PolicyPack? { packs.first { $0.region == region } }

    /// Loads the built-in packs, and those of `directory` in place of the built-in ones of the same region.
    ///
    /// - Throws: all problems of all files; then nothing is loaded.
    package static func load(directory: String? = nil) throws(PolicyProblems) -> PolicyLibrary {
        var problems: [PolicyProblem] = []
        var byRegion = packs(in: builtIn, problems: &problems)
        if let directory {
            byRegion.merge(packs(in: URL(fileURLWithPath: directory), problems: &problems)) { _, own in own }
        }
        guard problems.isEmpty else { throw PolicyProblems(problems: problems) }
        return PolicyLibrary(packs: Array(byRegion.values))
    }

    /// The packs that the product brings along, beside the executable.
    package static var builtIn: URL {
        // Not `Bundle.module`: it ends the process where the directory is missing.
        Bundle.main.bundleURL.appendingPathComponent("jiesuan_Policy.resources/Packs")
    }

    private static func packs(in directory: URL, problems: inout [PolicyProblem]) -> [String: PolicyPack] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
                .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        } catch {
            problems.append(
                PolicyProblem(
                    file: directory.path, line: 0,
                    message: "the directory of policy packs cannot be read: \(error.localizedDescription)"))
            return [:]
        }
        if names.isEmpty || names.count > PackLimit.packsMax {
            let what = names.isEmpty ? "no policy pack (*.yaml)" : "more than \(PackLimit.packsMax) policy packs"
            problems.append(PolicyProblem(file: directory.path, line: 0, message: "\(what) in this directory"))
            return [:]
        }
        var packs: [String: PolicyPack] = [:]
        for name in names {
            do {
                let pack = try PolicyPack.read(file: directory.appendingPathComponent(name).path)
                if packs[pack.region] != nil {
                    let message = "the region '\(pack.region)' has another pack in this directory: keep one"
                    problems.append(PolicyProblem(file: name, line: 1, message: message))
                }
                packs[pack.region] = pack
            } catch {
                problems += error.problems
            }
        }
        return packs
    }
}

/// Everything that is wrong with the packs that were to be loaded.
package struct PolicyProblems: Error, Equatable, Sendable, CustomStringConvertible {
    package var problems: [PolicyProblem]

    package init(problems: [PolicyProblem]) { self.problems = problems }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension PolicyPack {
    /// Reads, checks and compiles one file.
    package static func read(file path: String) throws(PolicyProblems) -> PolicyPack {
        func problem(_ message: String) -> PolicyProblems {
            PolicyProblems(problems: [PolicyProblem(file: path, line: 0, message: message)])
        }
        let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let data: Data
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
            // Reading a pipe or a device might never end.
            guard attributes[.type] as? FileAttributeType == .typeRegular else { throw problem("is not a file") }
            let size = attributes[.size] as? Int ?? 0
            guard size <= PackLimit.bytesMax else { throw problem(tooLarge(size)) }
            data = try Data(contentsOf: url)
        } catch let error as PolicyProblems {
            throw error
        } catch {
            throw problem("cannot be read: \(error.localizedDescription)")
        }
        return try read(bytes: [UInt8](data), file: path)
    }

    /// Reads, checks and compiles the bytes of a pack; `file` is its name in messages.
    ///
    /// - Parameter isKept: a ledger keeps it, since settlements rest on it: what was good when it was kept still is,
    ///   so its parameters are not looked up.
    package static func read(
        bytes: [UInt8], file: String, isKept: Bool = false
    ) throws(PolicyProblems) -> PolicyPack {
        func problem(_ message: String) -> PolicyProblems {
            PolicyProblems(problems: [PolicyProblem(file: file, line: 0, message: message)])
        }
        guard bytes.count <= PackLimit.bytesMax else { throw problem(tooLarge(bytes.count)) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw problem("is not UTF-8 text") }
        let reader = PackReader(file: file, isKept: isKept)
        guard let document = reader.read(text) else { throw PolicyProblems(problems: reader.problems.sorted) }
        var compiler = PackCompiler(document, problems: reader.problems)
        guard let pack = compiler.compile(digest: sha256(bytes), yaml: text) else {
            throw PolicyProblems(problems: reader.problems.sorted)
        }
        return pack
    }

    private static func tooLarge(_ size: Int) -> String {
        "has \(size) bytes; a policy pack has at most \(PackLimit.bytesMax)"
    }
}
