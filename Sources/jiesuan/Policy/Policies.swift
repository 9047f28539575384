import ArgumentParser
import Client
import Foundation
import Policy
import Text

struct Policies: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "The policy packs: which there are, what they say, whether they are right.",
        discussion: Exit.help, subcommands: [List.self, Show.self, Check.self, PolicyParameters.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The regions, since when, by which rules.",
            discussion: """
                EXAMPLES:
                  jiesuan policy list
                  jiesuan policy list --policies ./policies --json

                \(Exit.help)
                """)

        @Flag(help: "As JSON.") var json = false
        @OptionGroup var policies: PolicyOptions

        func run() throws {
            let packs = try policies.load()
            if json { return print(PolicyText.json(packs), terminator: "") }
            for line in PolicyText.table(packs) { print(line) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A pack as its author wrote it.",
            discussion: """
                EXAMPLES:
                  jiesuan policy show yantai
                  jiesuan policy show chongqing > my/chongqing.yaml    to begin one's own
                  jiesuan policy show yantai --server :8123            the one that a running server settles by

                \(Exit.help)
                """)

        @Argument(help: "chongqing, yantai …") var region: String
        @Option(help: ArgumentHelp("A running server.", valueName: "HOST:PORT")) var server: ServerAddress?
        @OptionGroup(title: "A server with TLS") var caller: CallerOptions
        @OptionGroup var policies: PolicyOptions

        func validate() throws {
            if server != nil, policies.directory != nil {
                throw ValidationError("--policies is for packs of one's own; a server has its own: leave one out.")
            }
        }

        func run() throws {
            if let server {
                let client = try caller.connect(server)
                return print(try CalculationClient(client).policy(of: region), terminator: "")
            }
            let packs = try policies.load()
            guard let pack = packs.first(where: { $0.region == region }) else {
                let known = packs.map(\.region).joined(separator: ", ")
                throw Failure(.usage, "there is no pack of \"\(region)\"; there are: \(known)")
            }
            print(pack.yaml, terminator: "")
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check packs: gaps, overlaps, inverted ratios, numbers without a source …",
            discussion: """
                Every problem is printed as FILE:LINE: what is wrong. Without a file, the built-in packs are checked.

                EXAMPLES:
                  jiesuan policy check
                  jiesuan policy check my/chongqing.yaml other/ --json

                \(Exit.help)
                """)

        @Argument(help: ArgumentHelp("Packs, or directories of packs (*.yaml).", valueName: "FILE|DIR"))
        var paths: [String] = []

        @Flag(help: "As JSON.") var json = false

        func run() throws {
            var problems: [PolicyProblem] = []
            var packs: [(String, PolicyPack)] = []
            let files = try paths.isEmpty ? Self.files(PolicyLibrary.builtIn.path) : paths.flatMap(Self.files)
            for file in files {
                do throws(PolicyProblems) {
                    packs.append((file, try PolicyPack.read(file: file)))
                } catch {
                    problems += error.problems
                }
            }
            if json {
                print(Self.json(packs, problems), terminator: "")
            } else {
                for (file, pack) in packs {
                    print("\(file): \(pack.label.both), \(pack.rules.count) rules, \(pack.layers.count) layers: good")
                }
                for problem in problems { print(problem) }
            }
            if !problems.isEmpty { throw Failure(.file, counted(problems.count, "problem")) }
        }

        private static func json(_ packs: [(String, PolicyPack)], _ problems: [PolicyProblem]) -> String {
            var json = JSONText()
            json.object { json in
                json.array("packs") { json in
                    for (file, pack) in packs {
                        json.object { json in
                            json.field("file", file)
                            json.field("region", pack.region)
                            json.field("digest", pack.digest)
                            json.field("rules", pack.rules.count)
                            json.field("layers", pack.layers.count)
                        }
                    }
                }
                json.array("problems") { json in
                    for problem in problems {
                        json.object { json in
                            json.field("file", problem.file)
                            json.field("line", problem.line)
                            json.field("message", problem.message)
                        }
                    }
                }
            }
            return json.text
        }

        /// `path` itself, or the packs of the directory that it is.
        private static func files(_ path: String) throws -> [String] {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw Failure(.file, "\(path): there is no such file")
            }
            if !isDirectory.boolValue { return [path] }
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
            if names.isEmpty { throw Failure(.file, "\(path): no policy pack (*.yaml) in this directory") }
            return names.sorted().map { path + "/" + $0 }
        }
    }
}
