import RPC
import Testing

@Suite struct `The address of a peer` {
    @Test func `is written as others write it`() {
        #expect(PeerAddress(ipv4: 0x0a00_0007, port: 51234).description == "10.0.0.7:51234")
        #expect(PeerAddress(ipv6High: 0x2001_0db8_0000_0000, low: 1, port: 80).description == "[2001:db8::1]:80")
        #expect(PeerAddress(ipv6High: 0, low: 0xffff_c0a8_0101, port: 9).description == "192.168.1.1:9")
        #expect(PeerAddress(ipv6High: 0, low: 1, port: 65535).description == "[::1]:65535")
    }

    @Test func `IPv4 is counted by address, whether it comes plain or inside IPv6; IPv6 by its first 64 bits`() {
        let plain = PeerAddress(ipv4: 0xc0a8_0101, port: 1)
        #expect(plain.group == PeerAddress(ipv6High: 0, low: 0xffff_c0a8_0101, port: 2).group)
        #expect(plain.group != PeerAddress(ipv4: 0xc0a8_0102, port: 1).group)
        let network: UInt64 = 0x2001_0db8_0000_0001
        let first = PeerAddress(ipv6High: network, low: 1, port: 1)
        #expect(first.group == PeerAddress(ipv6High: network, low: 2, port: 1).group)
        #expect(first.group != PeerAddress(ipv6High: network + 1, low: 1, port: 1).group)
    }

    @Test func `of this machine are 127 and one of IPv6`() {
        #expect(PeerAddress(ipv4: 0x7f00_0001, port: 1).isLoopback)
        #expect(PeerAddress(ipv4: 0x7f01_0203, port: 1).isLoopback)
        #expect(PeerAddress(ipv6High: 0, low: 1, port: 1).isLoopback)
        #expect(PeerAddress(ipv6High: 0, low: 0xffff_7f00_0001, port: 1).isLoopback)
        #expect(!PeerAddress(ipv4: 0x0a00_0007, port: 1).isLoopback)
        #expect(!PeerAddress(ipv6High: 0x2001_0db8_0000_0000, low: 1, port: 1).isLoopback)
        // No IPv4 address, though its low bits look like one.
        #expect(!PeerAddress(ipv6High: 0, low: 0x7f00_0001, port: 1).isLoopback)
    }
}
