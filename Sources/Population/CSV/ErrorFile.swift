/// Rows that were refused, as every command lists them (`--errors`; a year-end run's refused.csv).
package enum ErrorFile {
    package static let columns: [TableColumn] = [
        TableColumn("line", "行号", .number), TableColumn("id", "编号", .id), TableColumn("column", "列"),
        TableColumn("value", "内容", .id), TableColumn("code", "错误代码"), TableColumn("rule", "规则"),
        TableColumn("message", "原因"),
    ]

    package static func append(_ problem: RowProblem, to bytes: inout [UInt8]) {
        var row = CSVLine()
        row.add(number: problem.line)
        row.add(id: problem.id)
        row.add(problem.column)
        row.add(id: problem.value)
        row.add(problem.code)
        row.add(problem.rule)
        row.add(problem.message)
        row.end(into: &bytes)
    }
}
