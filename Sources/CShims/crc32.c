#include "CShims.h"

#if defined(__x86_64__)
#include <immintrin.h>

// CRC-32 by carry-less multiplication: V. Gopal and others, "Fast CRC Computation for Generic Polynomials Using
// PCLMULQDQ Instruction" (Intel, 2009), with its constants for the reflected polynomial of zlib. At least 64 bytes, and
// a multiple of 16; `crc` in and out without the inversions.
__attribute__((target("pclmul,sse4.1"))) static uint32_t fold(const uint8_t *bytes, size_t count, uint32_t crc) {
    const __m128i by_64 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
    const __m128i by_16 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    const __m128i by_8 = _mm_set_epi64x(0, 0x0163cd6124);
    const __m128i barrett = _mm_set_epi64x(0x01f7011641, 0x01db710641);
    const __m128i low_halves = _mm_setr_epi32(-1, 0, -1, 0);
    __m128i lanes[4];
    for (int lane = 0; lane < 4; lane++) lanes[lane] = _mm_loadu_si128((const __m128i *)bytes + lane);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)crc));
    bytes += 64;
    count -= 64;
    for (; count >= 64; bytes += 64, count -= 64) {
        for (int lane = 0; lane < 4; lane++) {
            __m128i low = _mm_clmulepi64_si128(lanes[lane], by_64, 0x00);
            __m128i high = _mm_clmulepi64_si128(lanes[lane], by_64, 0x11);
            __m128i next = _mm_loadu_si128((const __m128i *)bytes + lane);
            lanes[lane] = _mm_xor_si128(_mm_xor_si128(low, high), next);
        }
    }
    __m128i all = lanes[0];
    for (int lane = 1; lane < 4; lane++) {
        __m128i low = _mm_clmulepi64_si128(all, by_16, 0x00);
        __m128i high = _mm_clmulepi64_si128(all, by_16, 0x11);
        all = _mm_xor_si128(_mm_xor_si128(low, high), lanes[lane]);
    }
    for (; count >= 16; bytes += 16, count -= 16) {
        __m128i low = _mm_clmulepi64_si128(all, by_16, 0x00);
        __m128i high = _mm_clmulepi64_si128(all, by_16, 0x11);
        __m128i next = _mm_loadu_si128((const __m128i *)bytes);
        all = _mm_xor_si128(_mm_xor_si128(low, high), next);
    }
    // 128 bits to 64, those to 32.
    all = _mm_xor_si128(_mm_srli_si128(all, 8), _mm_clmulepi64_si128(all, by_16, 0x10));
    __m128i rest = _mm_srli_si128(all, 4);
    all = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(all, low_halves), by_8, 0x00), rest);
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(all, low_halves), barrett, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_halves), barrett, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(all, quotient), 1);
}

static bool can_fold(void) { return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"); }
#else
static uint32_t fold(const uint8_t *bytes, size_t count, uint32_t crc) {
    (void)bytes, (void)count;
    return crc;
}
static bool can_fold(void) { return false; }
#endif

uint32_t shim_crc32(const uint8_t *bytes, size_t count) {
    uint32_t crc = 0;
    size_t folded = count & ~(size_t)15;
    if (folded >= 64 && can_fold()) {
        crc = ~fold(bytes, folded, ~crc);
        bytes += folded;
        count -= folded;
    }
    return (uint32_t)crc32_z(crc, bytes, count);
}
