import ArgumentParser
import CShims
import Client
import Foundation
import Ledger
import LedgerStore
import LoadTest
import Policy
import Population
import RPC
import Report
import YearEnd

/// Exit codes of the program. Every command uses these and no others.
enum Exit: Int32 {
    case allDone = 0
    /// Some rows were refused, or a result is wrong; the rest is done.
    case someRefused = 1
    case usage = 2
    /// A file or a policy pack cannot be read, written or used.
    case file = 3
    /// No server, or the connection was lost.
    case server = 4
    /// A server under load gave an answer that differs from this program's calculator.
    case wrongAnswers = 5

    /// The codes as text, for the end of every command's help.
    static let help = """
        EXIT CODES:
          0  all done
          1  some rows were refused, or a result disagrees with what it should be; the rest is done
          2  wrong usage
          3  a file or a policy pack cannot be read, written or used
          4  the server cannot be reached, or went away
          5  a server under load answered wrongly
        """

    /// Prints the error, if it is one, and ends the process.
    static func leave(after error: any Error) -> Never {
        switch error {
        case let failure as Failure:
            if !failure.message.isEmpty { Terminal.complain(failure.message) }
            end(failure.code)
        case let problem as FileProblem: leave(problem.description, .file)
        case let problem as HeaderProblem: leave(problem.description, .file)
        case let problem as PolicyProblems: leave(problem.description, .file)
        case let problem as LedgerProblem: leave(problem.description, .file)
        case let problem as ReportProblem: leave(problem.description, .file)
        case let problem as RunProblem: leave(problem.description, .file)
        case let problem as LoadProblem: leave(problem.description, .usage)
        case let problem as StoreFailure: leave("the ledger: \(problem.reason)", .file)
        case let problem as ServerStartError: leave(problem.description, .server)
        // The transport's codes: the server is shutting down, overloaded or too late; the claims are not refused.
        case ClientError.failed(let code, let text) where code == 1008 || (2000..<3000).contains(code):
            leave("the server did not take the call (\(code)): \(text); what was not written is not settled", .server)
        case ClientError.failed(let code, let text): leave("the server refuses (\(code)): \(text)", .someRefused)
        case let error as ClientError: leave("\(error)", .server)
        default: break
        }
        let text = Jiesuan.fullMessage(for: error)
        if Jiesuan.exitCode(for: error) == .success {
            print(text == ProductVersion.number ? versionText() : text)
            end(.allDone)
        }
        Terminal.complain(text, prefix: "")
        end(.usage)
    }

    private static func versionText() -> String {
        do throws(PolicyProblems) { return try ProductVersion.text() } catch { leave(error.description, .file) }
    }

    private static func leave(_ message: String, _ code: Exit) -> Never {
        Terminal.complain(message)
        end(code)
    }

    /// Ends the process, and is the only function that does. Flushes the output first; if that fails (a full disk, a
    /// closed pipe) the answer is lost, and the exit code reports it whatever else happened.
    static func end(_ code: Exit) -> Never {
        let failure = shim_flush_output()
        if failure == 0 { exit(code.rawValue) }
        let reason = failure > 0 ? String(cString: strerror(failure)) : "it is full, or its reader is gone"
        Terminal.complain("standard output: cannot write: \(reason); what the command changed is changed all the same")
        exit(Exit.file.rawValue)
    }
}

/// Ends a command with a code; `message` goes to the standard error.
struct Failure: Error {
    var code: Exit
    var message: String

    init(_ code: Exit, _ message: String = "") {
        self.code = code
        self.message = message
    }
}
