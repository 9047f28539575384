/// What the main file says of itself when its log is not looked at.
enum MainFile {
    /// It is of a version that says nothing.
    case older
    case says(StoreMark)
    /// A crash may have spoilt it while the log was being copied into it; then the log has it whole.
    case unreadable

    var mark: StoreMark? {
        guard case .says(let mark) = self else { return nil }
        return mark
    }
}

extension StorePlace {
    func markOfMainFile() -> MainFile {
        do throws(SQLiteError) {
            let connection = try SQLiteConnection(path: path, access: .immutable, vfs: vfs)
            guard try connection.integer("PRAGMA user_version") >= StoreSchema.marked else { return .older }
            return .says(try StoreMark(connection))
        } catch {
            return .unreadable
        }
    }
}
