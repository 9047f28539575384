// libFuzzer's entry; what is fuzzed is in Tests/RPCTests/Wire/FuzzTarget.swift, which the ordinary suite runs too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    fuzzOne(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
