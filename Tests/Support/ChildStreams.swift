import CSpawn
import Glibc

/// The streams that a child gets, open here until it has started.
struct ChildStreams: ~Copyable {
    private var descriptors: [Int32] = []

    deinit {
        for descriptor in descriptors where descriptor > 2 { close(descriptor) }
    }

    /// Opens the child's next stream, the input first; returns the test's end of it where that is a pipe.
    mutating func add(_ stream: ChildProcess.Stream) throws -> Int32? {
        let isInput = descriptors.isEmpty
        switch stream {
        case .nothing:
            descriptors.append(try Self.open("/dev/null", O_RDWR))
        case .inherited:
            descriptors.append(-1)
        case .file(let path):
            descriptors.append(try Self.open(path, isInput ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND))
        case .asOutput:
            descriptors.append(try Self.checked(fcntl(descriptors[1], F_DUPFD_CLOEXEC, 3), "the output"))
        case .pipe:
            var ends: [Int32] = [0, 0]
            let error = spawn_pipe(&ends)
            guard error == 0 else { throw ChildProcess.Failure("no pipe: \(String(cString: strerror(error)))") }
            descriptors.append(ends[isInput ? 0 : 1])
            return ends[isInput ? 1 : 0]
        }
        return nil
    }

    /// Starts the program with them.
    func start(_ path: String, _ arguments: [String], folder: String?) throws -> pid_t {
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id: pid_t = 0
        let error = spawn_program(&id, path, &words, folder, descriptors)
        guard error == 0 else {
            throw ChildProcess.Failure("cannot start \(path): \(String(cString: strerror(error)))")
        }
        return id
    }

    private static func open(_ path: String, _ flags: Int32) throws -> Int32 {
        try checked(Glibc.open(path, flags | O_CLOEXEC, 0o644), path)
    }

    private static func checked(_ descriptor: Int32, _ name: String) throws -> Int32 {
        guard descriptor >= 0 else {
            throw ChildProcess.Failure("cannot open \(name): \(String(cString: strerror(errno)))")
        }
        return descriptor
    }
}
