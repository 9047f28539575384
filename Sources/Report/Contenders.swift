import HTMLReport

/// Those who were measured side by side, and what they are.
enum Contenders {
    static let ours = "jiesuan"

    static func words(_ contender: String) -> Words {
        switch contender {
        case ours: Words("结算（本系统）", "Jiesuan")
        case "grpc-cpp": Words("gRPC C++（异步，tcmalloc）", "gRPC C++")
        case "grpc-swift": Words("gRPC Swift", "gRPC Swift")
        case "c-epoll": Words("C 语言 epoll 服务器（上限）", "Plain C epoll server")
        case "jiesuan-grpc": Words("结算，gRPC", "Jiesuan, gRPC")
        case "jiesuan-http": Words("结算，HTTP/1.1", "Jiesuan, HTTP/1.1")
        case "jiesuan-tls": Words("结算，TLS 1.3", "Jiesuan, TLS 1.3")
        case "nghttp2-echo": Words("libnghttp2 回显（相同字节）", "Bare libnghttp2 echo of the same bytes")
        case "fastapi": Words("FastAPI（uvicorn，每核一进程）", "FastAPI, a uvicorn worker a core")
        case "c-echo": Words("epoll 回显（相同字节）", "Bare epoll echo of the same bytes")
        case "sqlite-rows": Words("SQLite 逐行事务", "SQLite, a row-wise transaction each")
        case "postgresql": Words("PostgreSQL 存储过程", "PostgreSQL stored procedure")
        case "store": Words("账本存储（不经网络）", "Our bare store, no network")
        case "c": Words("C 语言实现", "The same in C")
        case "machine": Words("本机", "This machine")
        default: Words("", contender)
        }
    }

    static func name(_ contender: String) -> String { words(contender).en }

    /// Ours first, then as given.
    static func ordered(_ contenders: [String]) -> [String] {
        contenders.filter { $0 == ours } + contenders.filter { $0 != ours }
    }
}

/// What was done, in words.
enum Workloads {
    /// As the report shows them.
    static let order = [
        "unary-4x64", "unary-1x1", "grpc-4x64", "grpc-1x1", "http-64", "http-1", "door-4x64", "door-batch-65536",
        "batch-1000", "batch-65536", "settle-256", "settle-1", "settle-batch", "calculator",
    ]

    static func words(_ workload: String) -> Words {
        switch workload {
        case "unary-4x64": Words("单笔试算，4 连接 × 64 并发", "Calculate, 4 connections × 64 in flight")
        case "unary-1x1": Words("单笔试算，1 并发", "Calculate, one in flight")
        case "grpc-4x64": Words("gRPC 单笔试算，4 连接 × 64 流", "gRPC Calculate, 4 connections × 64 streams")
        case "grpc-1x1": Words("gRPC 单笔试算，1 并发", "gRPC Calculate, one in flight")
        case "http-64": Words("HTTP/JSON 单笔试算，64 连接", "HTTP and JSON Calculate, 64 connections")
        case "http-1": Words("HTTP/JSON 单笔试算，1 连接", "HTTP and JSON Calculate, one connection")
        case "door-4x64": Words("各入口：单笔试算，4 连接 × 64 并发", "Our doors: Calculate, 4 connections × 64 in flight")
        case "door-batch-65536": Words("各入口：批量试算，每批 65,536 笔", "Our doors: batches of 65,536")
        case "settle-256": Words("单笔结算入账，256 并发", "Settle for keeps, 256 in flight")
        case "settle-1": Words("单笔结算入账，1 并发", "Settle for keeps, one in flight")
        case "settle-batch": Words("批量结算入账", "Settle for keeps, in batches")
        case "overload-10x": Words("10 倍过载", "Ten times the capacity")
        case "half-capacity": Words("半负荷", "Half of the capacity")
        case "loopback": Words("本机回环带宽", "Loopback, bandwidth")
        case "loopback-round-trip": Words("本机回环往返", "Loopback, round trip of a byte")
        case "pauses": Words("运行线程被夺走的时间", "Taken from a running thread")
        case "memcpy": Words("内存复制", "Memory copy")
        case "fsync": Words("落盘", "Write and fdatasync")
        case let batch where batch.hasPrefix("batch-"):
            Self.batch(Int(batch.dropFirst(6)).map(FigureText.count) ?? String(batch.dropFirst(6)))
        default: Words("", workload)
        }
    }

    private static func batch(_ claims: String) -> Words {
        Words("批量试算，每批 \(claims) 笔", "Calculate in batches of \(claims)")
    }
}
