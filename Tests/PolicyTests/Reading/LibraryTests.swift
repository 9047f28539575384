import Foundation
import Policy
import Settlement
import Testing

/// Loading: the built-in packs, a directory over them, all or nothing; and what a pack is for the other parts.
@Suite struct `Policy library` {
    /// A directory of its own with these files; removed afterwards.
    static func withDirectory(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("packs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, text) in files { try Data(text.utf8).write(to: directory.appendingPathComponent(name)) }
        try body(directory.path)
    }

    static func problems(_ directory: String) -> [PolicyProblem] {
        do {
            _ = try PolicyLibrary.load(directory: directory)
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `the built-in packs load, by region`() throws {
        #expect(try Packs.library.get().packs.map(\.region) == ["anhui", "chongqing", "shenyang", "yantai"])
        #expect(try Packs.library.get()["beijing"] == nil)
    }

    @Test func `a directory replaces regions and adds new ones`() throws {
        let anhui = try Packs.test("anhui-operator").yaml
        try Self.withDirectory(["a.yaml": anhui, "t.yml": Mutation.minimal, "notes.txt": "no pack"]) { directory in
            let library = try PolicyLibrary.load(directory: directory)
            #expect(library.packs.map(\.region) == ["anhui", "chongqing", "shenyang", "testland", "yantai"])
            #expect(library["anhui"]?.documents.keys.contains("operator") == true)
        }
    }

    @Test func `any problem in any file: all are reported and nothing is loaded`() throws {
        let broken = Mutation.minimal.replacing("100 元", with: "100")
        let other = Mutation.minimal.replacing("testland", with: "otherland").replacing("TT-6", with: "TT6")
        try Self.withDirectory(["a.yaml": broken, "b.yaml": other]) { directory in
            let problems = Self.problems(directory)
            #expect(Set(problems.map { ($0.file as NSString).lastPathComponent }) == ["a.yaml", "b.yaml"])
            #expect(problems.contains { $0.line == 55 } && problems.contains { $0.line == 67 })
        }
    }

    @Test func `two packs of one region, an empty and a missing directory are refused`() throws {
        try Self.withDirectory(["a.yaml": Mutation.minimal, "b.yaml": Mutation.minimal]) { directory in
            #expect(Self.problems(directory).map(\.message).contains { $0.contains("has another pack") })
        }
        try Self.withDirectory([:]) { directory in
            #expect(Self.problems(directory).map(\.message).contains { $0.contains("no policy pack") })
            #expect(Self.problems(directory + "/none").map(\.message).contains { $0.contains("cannot be read") })
        }
    }

    @Test func `what is not a file is not read`() throws {
        try Self.withDirectory(["a.yaml": Mutation.minimal]) { directory in
            let trap = directory + "/b.yaml"
            try FileManager.default.createDirectory(atPath: trap, withIntermediateDirectories: false)
            #expect(Self.problems(directory).map(\.message) == ["is not a file"])
        }
    }

    @Test func `the digest is the SHA-256 of the file's bytes`() throws {
        let pack = try PolicyPack.read(bytes: Array(Mutation.minimal.utf8), file: "x.yaml")
        let changed = try PolicyPack.read(bytes: Array((Mutation.minimal + "# \n").utf8), file: "x.yaml")
        #expect(pack.digest == sha256(Array(Mutation.minimal.utf8)))
        #expect(pack.digest != changed.digest)
        // As sha256sum prints them.
        #expect(sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            sha256(Array("hello world".utf8)) == "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9")
    }

    @Test func `compiling is deterministic`() throws {
        let first = try Packs.builtIn("chongqing")
        let second = try PolicyPack.read(bytes: Array(first.yaml.utf8), file: "x.yaml")
        #expect(first.calculator.planIndex == second.calculator.planIndex)
        #expect(first.calculator.plans == second.calculator.plans)
        #expect(first.calculator.layers == second.calculator.layers)
        #expect(first.layers == second.layers)
        #expect(first.rules == second.rules)
    }

    @Test func `every layer can say where its numbers come from`() throws {
        for pack in try Packs.library.get().packs {
            #expect(pack.layers.count == pack.calculator.layers.count)
            for (description, layer) in zip(pack.layers, pack.calculator.layers) {
                #expect(pack.rules.contains(description.ratio.rule))
                if layer.deductible > 0 { #expect(description.deductible != nil) }
                if layer.cap != Layer.unlimited { #expect(description.cap != nil) }
                if layer.first.limit != Layer.unlimited { #expect(description.payers != nil) }
                let cited = [description.ratio, description.deductible, description.cap, description.payers]
                for citation in cited.compactMap({ $0 }) + description.also {
                    if citation.document.isEmpty {
                        #expect(!citation.interpretations.isEmpty && citation.note != nil)
                    } else {
                        #expect(pack.documents[citation.document] != nil && !citation.words.isEmpty)
                    }
                }
            }
        }
    }

    @Test func `diseases that the rules cannot tell apart share a class`() throws {
        let pack = try Packs.builtIn("chongqing")
        let classes = pack.calculator.diseaseClasses
        func diseaseClass(_ code: String) throws -> UInt8 { classes[Int(try pack.number(ofDisease: code))] }
        #expect(classes[0] == 0)
        #expect(try diseaseClass("dialysis") == diseaseClass("cancer_therapy"))
        #expect(try diseaseClass("hypertension") == diseaseClass("other"))
        #expect(try diseaseClass("organ_transplant") != diseaseClass("dialysis"))
        #expect(Set(classes).count == 5)
    }

    @Test func `facets that no rule looks at take no room`() throws {
        let strides = try Packs.builtIn("yantai").calculator.strides
        let used = Facet.allCases.filter { strides[$0.rawValue] != 0 }
        #expect(used == [.insurance, .identity, .kind])
    }
}
