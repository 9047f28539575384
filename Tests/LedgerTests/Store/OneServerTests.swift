import Foundation
import Ledger
import LedgerStore
import TestSupport
import Testing

/// One ledger has one process that writes it, whatever names the file has.
@Suite struct OneServerTests {
    @Test func `a second writer by a hard link is refused, and told who the first is and by which name`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        let other = directory.file("other.db")
        let store = try SQLiteStore(path: path, mode: .create)
        try store.append([testBlock(1)])
        #expect(link(path, other) == 0)
        let text = unavailable { _ = try SQLiteStore(path: other, mode: .open) }
        #expect(text?.contains("process \(getpid()), which opened it as \(path)") == true, "\(text ?? "none")")
        try store.append([testBlock(2)])
        store.close()
        // It is the file's, not the name's: now the other name may have it.
        let second = try SQLiteStore(path: other, mode: .open)
        let late = unavailable { _ = try SQLiteStore(path: path, mode: .open) }
        #expect(late?.contains("which opened it as \(other)") == true, "\(late ?? "none")")
        #expect(try second.allBlocks() == [testBlock(1), testBlock(2)])
    }

    @Test(.enabled(if: access("/usr/bin/flock", X_OK) == 0, "needs flock(1)"))
    func `a writer in another process is found whatever name it opened`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        try SQLiteStore(path: path, mode: .create).close()
        let other = directory.file("other.db")
        #expect(link(path, other) == 0)
        let holder = try ChildProcess(
            URL(fileURLWithPath: "/usr/bin/flock"), [other, "sh", "-c", "echo held; exec cat"], input: .pipe,
            output: .pipe)
        // It ends with its input: killing it would leave what it started behind.
        defer {
            holder.closeInput()
            #expect(throws: Never.self) { try holder.waitForEnd() }
        }
        #expect(try holder.readLine() == "held")
        let text = unavailable { _ = try SQLiteStore(path: path, mode: .open) }
        #expect(
            text?.contains("process \(holder.id), which opened it as \(other)") == true,
            "\(text ?? "none")")
        // Who only reads is not held up.
        #expect(try SQLiteStore(path: path, mode: .readOnly).lastSequence() == 0)
    }

    @Test func `after a kill another name of the file is refused and says by which its log lies, a rescue too`() throws {
        let directory = ScratchFolder()
        let killed = ScratchFolder()
        let store = try SQLiteStore(path: directory.file("ledger.db"), mode: .create)
        for number: UInt64 in 1...3 { try store.append([testBlock(number)]) }
        for suffix in LedgerFiles.suffixes {
            writeFile(killed.file("ledger.db" + suffix), try #require(fileBytes(directory.file("ledger.db" + suffix))))
        }
        let (path, other) = (killed.file("ledger.db"), killed.file("other.db"))
        #expect(link(path, other) == 0)
        let before = fileBytes(path)
        for mode in [SQLiteStore.Mode.readOnly, .open] {
            let refusal = failure { _ = try SQLiteStore(path: other, mode: mode) }
            #expect(refusal?.reason.contains("is the same file as \(path)") == true, "\(refusal?.reason ?? "none")")
        }
        #expect(failure { _ = try DamagedLedger(path: other) }?.reason.contains("is the same file as \(path)") == true)
        #expect(fileBytes(path) == before)
        let again = try SQLiteStore(path: path, mode: .open)
        #expect(try again.allBlocks() == (1...3).map { testBlock($0) })
        again.close()
        // Closed in order it has no log, and any name is as good as the other.
        #expect(try SQLiteStore(path: other, mode: .open).allBlocks() == (1...3).map { testBlock($0) })
    }

    @Test func `closing the writer leaves a reader of the same process its locks`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        let writer = try SQLiteStore(path: path, mode: .create)
        try writer.append([testBlock(1)])
        let reader = try SQLiteStore(path: path, mode: .readOnly)
        let inode = try #require(
            try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? UInt64)
        func locks() throws -> Int {
            try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n").count {
                $0.contains("POSIX") && $0.contains(" \(getpid()) ") && $0.contains(":\(inode) ")
            }
        }
        #expect(try locks() > 0)
        writer.close()
        #expect(try locks() > 0)
        #expect(try reader.allBlocks() == [testBlock(1)])
        reader.close()
        #expect(try locks() == 0)
    }

    @Test func `a file that is moved away or replaced under its writer takes nothing more until it is back`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        let elsewhere = directory.file("elsewhere.db")
        let store = try SQLiteStore(path: path, mode: .create)
        try store.append([testBlock(1)])
        #expect(rename(path, elsewhere) == 0)
        #expect(notWritten { try store.append([testBlock(2)]) }?.contains("\(path) was removed or renamed") == true)
        writeFile(path, [1, 2, 3])
        #expect(notWritten { try store.append([testBlock(2)]) }?.contains("replaced by another file") == true)
        // Taking it up again does not take up the other file.
        #expect(unavailable { try store.recover() }?.contains("replaced by another file") == true)
        #expect(fileBytes(path) == [1, 2, 3])
        #expect(rename(elsewhere, path) == 0)
        try store.recover()
        try store.append([testBlock(2)])
        #expect(try store.allBlocks() == [testBlock(1), testBlock(2)])
    }

    private func unavailable(_ body: () throws -> Void) -> String? {
        guard case .unavailable(let text) = failure(of: body) else { return nil }
        return text
    }

    private func notWritten(_ body: () throws -> Void) -> String? {
        guard case .notWritten(let text) = failure(of: body) else { return nil }
        return text
    }
}
