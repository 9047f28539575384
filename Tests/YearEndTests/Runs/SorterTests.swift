import Foundation
import TestSupport
import Testing
import YearEnd

@Suite struct `External sorter` {
    @Test(arguments: [4 << 10, 64 << 10, 8 << 20])
    func `YE-7: records come in the order of their keys whatever the memory`(memory: Int) throws {
        var random = SeededRandom.printed()
        let folder = ScratchFolder()
        let sorter = ExternalSorter(folder: folder.path, name: "s", memoryBytes: memory)
        var expected: [[UInt8]: [UInt8]] = [:]
        for number in 0..<20_000 {
            // Keys of many lengths, some of which are others' beginnings.
            let length = Int.random(in: 1...12, using: &random)
            var key = (0..<length).map { _ in UInt8.random(in: 0...3, using: &random) }
            key += withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) }
            let rest = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number % 50)
            expected[key] = rest
            try key.withUnsafeBytes { key in try rest.withUnsafeBytes { try sorter.add(key: key, $0) } }
        }
        var last: [UInt8] = []
        var count = 0
        try sorter.forEach { key, rest in
            let key = [UInt8](key)
            #expect(last.lexicographicallyPrecedes(key))
            #expect(expected[key] == [UInt8](rest))
            last = key
            count += 1
        }
        #expect(count == expected.count)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `a record that is larger than half the memory is refused`() throws {
        let sorter = ExternalSorter(folder: ScratchFolder().path, name: "s", memoryBytes: 4 << 10)
        let large = [UInt8](repeating: 1, count: 4 << 10)
        #expect(throws: RunProblem.self) { try large.withUnsafeBytes { large in try sorter.add(key: large, large) } }
    }
}
