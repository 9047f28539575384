import HTMLReport
import Measurement

/// Where and with what it was measured.
enum EnvironmentSection {
    static func make(_ report: BenchReport) -> Section {
        var section = Section("environment", Words("环境", "Environment"))
        guard let environment = report.results.environment else {
            section.missing(ResultsReader.environmentFile, "Without it nobody can say what these figures are of")
            return section
        }
        var table = ReportTable(
            caption: Words("机器与程序", "Machine and program"), columns: [.text("", "Of"), .text("", "Value")],
            isDense: true)
        func add(_ zh: String, _ en: String, _ value: String) {
            table.rows.append([.words(Words(zh, en)), .plain(value.isEmpty ? FigureText.none : value)])
        }
        add("开始时间", "Begun", environment.startedAt)
        add("处理器", "CPU", environment.cpu)
        add("核数", "Cores, shared by server and client", FigureText.count(environment.cores))
        add("内存", "Memory", NumberText.mebibytes(environment.memoryBytes))
        add("内核", "Kernel", environment.kernel)
        add("磁盘", "Disk", environment.disk)
        let sync = [environment.fsyncP50, environment.fsyncP99].map { NumberText.milliseconds($0) }
        add(
            "落盘耗时", "One write and fdatasync, p50 / p99",
            environment.fsyncP50 > 0 ? "\(sync[0]) / \(sync[1]) ms" : "")
        add("Swift 版本", "Swift", environment.swift)
        add("编译选项", "Build flags", environment.flags)
        add("提交", "Commit", environment.commit + (environment.isDirty ? " with uncommitted changes" : ""))
        for (name, version) in environment.versions.sorted(by: { $0.key < $1.key }) {
            add("版本", "Version of \(name)", version)
        }
        for (region, digest) in environment.packs.sorted(by: { $0.key < $1.key }) {
            table.rows.append([.words(Words("政策包", "Policy pack \(region)")), .digest(digest)])
        }
        section.blocks.append(.table(table))
        if environment.isDirty {
            section.blocks.append(
                .warning(
                    Words(
                        "测量时有未提交的修改。",
                        "Files differed from the commit: this run cannot be made again from it.")))
        }
        return section
    }
}
