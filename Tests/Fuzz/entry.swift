// libFuzzer's entry; what is fuzzed is in Tests/RPCTests/Wire/FuzzTarget.swift and its neighbours, which the ordinary
// suite runs too. run.sh says which of them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    #if FUZZ_HTTP2
    fuzzGRPC(UnsafeRawBufferPointer(start: start, count: count))
    #else
    fuzzOne(UnsafeRawBufferPointer(start: start, count: count))
    #endif
    return 0
}
