import HTMLReport
import Measurement

/// The raw results, and how to make them again.
enum FileSection {
    static func make(_ report: BenchReport) -> Section {
        var section = Section("files", Words("原始数据", "Raw results"))
        let command = report.results.environment?.command ?? ""
        if !command.isEmpty {
            section.blocks.append(.text(Words("重新测量的命令", "The command that makes this run again: \(command)")))
        }
        var table = ReportTable(
            caption: Words("读取的文件", "Files that were read"), columns: [.text("文件", "File"), .text("", "Holds")])
        for file in report.results.files { table.rows.append([.code(file), .plain(holds(file))]) }
        section.blocks.append(.table(table))
        return section
    }

    private static func holds(_ file: String) -> String {
        switch file {
        case ResultsReader.environmentFile: "machine, program, commit"
        case ResultsReader.pointsFile: "figures of every round: others, limits, costs, small parts"
        case ResultsReader.rampFile: "rising load, overload, recovery"
        case ResultsReader.goalsFile: "what was to be reached"
        default: "a load run"
        }
    }
}
