import Foundation
import Testing

@Suite struct `Slips of the pen are named, and cost nothing` {
    @Test(arguments: [
        (["setle"], "'jiesuan' has no command 'setle'; did you mean 'settle'?"),
        (["registry", "improt", "persons"], "'jiesuan registry' has no command 'improt'; did you mean 'import'?"),
        (["person", "retier", "31"], "'jiesuan person' has no command 'retier'; did you mean 'retire'?"),
        (["filing", "application", "aprove", "1", "1"], "'jiesuan filing application' has no command 'aprove'"),
        (["settle", "x", "--pesron", "1"], "'jiesuan settle' has no option '--pesron'; did you mean '--person'?"),
        (["person", "31", "--yaer=2024"], "'jiesuan person' has no option '--yaer'; did you mean '--year'?"),
        (["account", "credit", "31", "--kynd", "opening"], "no option '--kynd'; did you mean '--kind'?"),
    ])
    func `a command or an option that does not exist is named, with the nearest that does`(
        arguments: [String], told: String
    ) throws {
        let ended = try Program.run(arguments)
        #expect(ended.code == 2 && ended.complaint.contains(told), "\(ended.complaint)")
        #expect(ended.output.isEmpty)
    }

    @Test func `a word that is like no command gets all of them`() throws {
        let ended = try Program.run("registry", "xylophone")
        #expect(ended.code == 2 && ended.complaint.contains("there are: export, import, list, put, show"))
    }

    @Test(arguments: [["--help"], ["person", "--help"], ["person", "retire", "--help"], ["help", "filing"]])
    func `help is help, wherever it is asked for`(arguments: [String]) throws {
        let ended = try Program.run(arguments)
        #expect(ended.code == 0 && ended.output.contains("USAGE"), "\(ended.complaint)")
    }

    @Test(arguments: [
        "compare", "person show", "person register", "person move", "person retire", "person change", "person correct",
        "person end", "person withdraw", "person died", "person deregister", "registry put", "registry list",
        "registry show", "filing list", "filing designations", "filing application", "filing application receive",
        "filing application check", "filing application pass-on", "filing application appraise",
        "filing application deliver", "filing application list", "filing expert", "filing expert put",
        "filing expert list", "filing suspect", "filing suspect screen", "filing suspect report", "filing suspect list",
        "filing suspect card", "filing suspect close", "filing contract", "filing contract sign",
        "filing contract correct", "filing survey", "filing recognition", "filing recognition apply",
        "filing recognition grant", "filing recognition refuse", "filing recognition pay", "filing recognition take-back",
        "account transfer",
        "account inherit", "account deregister",
    ])
    func `every command has its help with examples`(command: String) throws {
        let ended = try Program.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(ended.code == 0 && ended.output.contains("EXAMPLES:") && ended.output.contains("EXIT CODES:"))
        #expect(ended.output.contains("jiesuan \(command)") || ended.output.contains("jiesuan person 101"))
    }

    @Test func `a bill without an amount is a usage error and uses no id up`() throws {
        let rig = try LedgerRig(opening: nil)
        let claim = ["--person", "31", "--institution", "H2", "--kind", "outpatient", "--service-date", "2024-06-30"]
        let server = ["--server", rig.server.address]
        for command in [["settle", "A1"], ["quote"]] {
            let ended = try Program.run(command + claim + server)
            #expect(ended.code == 2 && ended.complaint.contains("--in-policy"), "\(ended.complaint)")
        }
        #expect(try rig.run("get", "A1").code == 1, "nothing is recorded under the id")
        let settled = try Program.run(["settle", "A1"] + claim + ["--in-policy", "2800"] + server)
        #expect(settled.code == 0 && !settled.output.contains("settled before"))
        let nowhere = try rig.run(
            "settle", "A2", "--person", "31", "--kind", "outpatient", "--service-date", "2024-06-30", "--in-policy", "1")
        #expect(nowhere.code == 2 && nowhere.complaint.contains("--institution"))
    }

    @Test func `a repeated id says that it was settled before, and reversed before (G-12)`() throws {
        let rig = try LedgerRig(opening: nil)
        let first = try rig.settle("R1", json: true)
        let sequence = try #require(try object(first.output)["sequence"] as? Int)
        #expect(try object(first.output)["settled_before"] as? Bool == false)
        let again = try object(try rig.settle("R1", json: true).output)
        #expect(again["settled_before"] as? Bool == true && again["sequence"] as? Int == sequence)
        #expect(try rig.settle("R1").output.contains("was settled before, at "))
        let reversed = try rig.run("reverse", "R1", "--reason", "x")
        #expect(reversed.code == 0 && !reversed.output.contains("reversed before"))
        let twice = try rig.run("reverse", "R1", "--reason", "x")
        #expect(twice.code == 0 && twice.output.contains("was reversed before, at "), "\(twice.complaint)")
        #expect(try object(try rig.run("reverse", "R1", "--json").output)["reversed_before"] as? Bool == true)
        let third = try rig.settle("R1")
        #expect(third.code == 1 && third.complaint.contains("4105"), "a reversed settlement stays reversed")
    }
}
