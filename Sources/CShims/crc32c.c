#include "CShims.h"

// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), the checksum of iSCSI and of brpc's metas.

// Byte by byte, where the processor has no instruction for it.
static uint32_t by_table(uint32_t crc, const uint8_t *bytes, size_t count) {
    static uint32_t table[256];
    static int is_made = 0;
    // Threads that come at once write the same numbers.
    if (!__atomic_load_n(&is_made, __ATOMIC_ACQUIRE)) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t rest = byte;
            for (int bit = 0; bit < 8; bit++) rest = (rest >> 1) ^ (rest & 1 ? 0x82f63b78u : 0);
            __atomic_store_n(&table[byte], rest, __ATOMIC_RELAXED);
        }
        __atomic_store_n(&is_made, 1, __ATOMIC_RELEASE);
    }
    for (size_t at = 0; at < count; at++) {
        crc = (crc >> 8) ^ __atomic_load_n(&table[(crc ^ bytes[at]) & 0xff], __ATOMIC_RELAXED);
    }
    return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <string.h>

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t rest = crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t eight;
        memcpy(&eight, bytes, 8);
        rest = _mm_crc32_u64(rest, eight);
    }
    for (; count > 0; bytes++, count--) rest = _mm_crc32_u8((uint32_t)rest, *bytes);
    return (uint32_t)rest;
}

uint32_t shim_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) {
    if (__builtin_cpu_supports("sse4.2")) return ~by_instruction(~crc, bytes, count);
    return ~by_table(~crc, bytes, count);
}
#else
uint32_t shim_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) { return ~by_table(~crc, bytes, count); }
#endif

uint32_t shim_crc32c_by_table(uint32_t crc, const uint8_t *bytes, size_t count) {
    return ~by_table(~crc, bytes, count);
}
