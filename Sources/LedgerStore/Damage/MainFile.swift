/// The main file's own mark, read without its log.
enum MainFile {
    /// The file is of a version without a mark.
    case older
    case says(StoreMark)
    /// A crash during a checkpoint may have damaged the file; then the log has all of it.
    case unreadable

    var mark: StoreMark? {
        guard case .says(let mark) = self else { return nil }
        return mark
    }
}

extension StoreFiles {
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
