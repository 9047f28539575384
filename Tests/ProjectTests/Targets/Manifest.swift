import Foundation

/// The targets that a `Package.swift` declares, in its order.
struct Manifest {
    struct Target {
        var name: String
        /// Targets and products of other packages.
        var dependencies: [String]
        /// Its folder, from the package's root.
        var path: String
        var isProgram: Bool
    }

    var targets: [Target]

    /// - Parameter text: the manifest; dependencies are literals, as in ours.
    init(_ text: String) {
        let code = text.replacing(/\/\/[^\n]*/, with: "")
        let start = code.firstRange(of: /\n +targets: \[\n/)?.upperBound ?? code.endIndex
        let kinds = /\.(?<kind>target|executableTarget|testTarget|systemLibrary)\(\s*name: "(?<name>[^"]+)"/
        let heads = code[start...].matches(of: kinds)
        targets = heads.indices.map { index in
            let head = heads[index]
            let end = index + 1 < heads.count ? heads[index + 1].range.lowerBound : code.endIndex
            let body = code[head.range.upperBound..<end].replacing(/, package: "[^"]+"/, with: "")
            let list = body.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
            let folder = head.kind == "testTarget" ? "Tests" : "Sources"
            return Target(
                name: String(head.name), dependencies: list.matches(of: /"([^"]+)"/).map { String($0.1) },
                path: body.firstMatch(of: /path: "([^"]+)"/).map { String($0.1) } ?? "\(folder)/\(head.name)",
                isProgram: head.kind == "executableTarget")
        }
    }

    /// What is not as the manifest says of itself; a sentence each.
    /// - Parameter imports: the modules that the files of a target import; nil where it has no Swift.
    func faults(imports: (Target) -> Set<String>?) -> [String] {
        let order = Dictionary(uniqueKeysWithValues: targets.enumerated().map { ($1.name, $0) })
        let known = Set(targets.flatMap { $0.dependencies + [$0.name] })
        var faults: [String] = []
        for (place, target) in targets.enumerated() {
            for name in target.dependencies where order[name] ?? -1 >= place {
                faults.append("\(target.name) depends on \(name), which does not stand above it")
            }
            guard let imported = imports(target) else { continue }
            for name in target.dependencies where !imported.contains(name) {
                // A test that runs a program has it built; there is nothing to import.
                if let place = order[name], targets[place].isProgram { continue }
                faults.append("\(target.name) declares \(name) and does not import it")
            }
            for name in imported.intersection(known).subtracting(target.dependencies).sorted() where name != target.name {
                faults.append("\(target.name) imports \(name) and does not declare it")
            }
        }
        return faults
    }
}
