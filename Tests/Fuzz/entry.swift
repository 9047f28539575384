// libFuzzer's entry. What is fuzzed stands with the tests of its part, as …FuzzTarget.swift, and the ordinary suite runs
// it too; run.sh says which of them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    #if FUZZ_HTTP1
    fuzzHTTP1(bytes)
    #elseif FUZZ_HTTP2
    fuzzGRPC(bytes)
    #elseif FUZZ_JSON
    fuzzJSON(bytes)
    #else
    fuzzOne(bytes)
    #endif
    return 0
}
