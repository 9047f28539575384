// Pieces of a baidu_std packet: "PRPC", body size, meta size (network order), then the meta, then the message.
#ifndef FRAME_H
#define FRAME_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
  FRAME_HEADER_SIZE = 12,
  FRAME_META_MAX = 1024,
  FRAME_BODY_MAX = 64 << 20  // the protocol's usual limit
};

struct frame_header {
  uint32_t body_size, meta_size;
};

static inline void frame_put_header(uint8_t *to, uint32_t body_size, uint32_t meta_size) {
  uint32_t sizes[] = {htonl(body_size), htonl(meta_size)};
  memcpy(to, "PRPC", 4);
  memcpy(to + 4, sizes, 8);
}

// False where the bytes start no packet, or one above the limit.
static inline bool frame_get_header(const uint8_t *from, struct frame_header *header) {
  uint32_t sizes[2];
  memcpy(sizes, from + 4, 8);
  *header = (struct frame_header){ntohl(sizes[0]), ntohl(sizes[1])};
  return memcmp(from, "PRPC", 4) == 0 && header->meta_size <= header->body_size && header->body_size <= FRAME_BODY_MAX;
}

static inline uint8_t *frame_put_varint(uint8_t *to, uint64_t value) {
  for (; value >= 0x80; value >>= 7) *to++ = (uint8_t)(value | 0x80);
  *to++ = (uint8_t)value;
  return to;
}

static inline uint8_t *frame_put_text(uint8_t *to, int field, const char *text) {
  size_t length = strlen(text);
  to = frame_put_varint(to, (uint64_t)field << 3 | 2);
  to = frame_put_varint(to, length);
  memcpy(to, text, length);
  return to + length;
}

// Reads a varint at `*from`; false where it is cut or longer than ten bytes.
static inline bool frame_get_varint(const uint8_t **from, const uint8_t *end, uint64_t *value) {
  *value = 0;
  for (int shift = 0; shift < 70 && *from < end; shift += 7) {
    uint8_t byte = *(*from)++;
    *value |= (uint64_t)(byte & 0x7F) << (shift & 63);
    if (byte < 0x80) return true;
  }
  return false;
}

// What a meta says, as far as it matters to a load driver and its servers; all 0 before it is read.
struct frame_meta {
  int64_t id;
  int32_t error_code;
  const uint8_t *method, *error_text;
  size_t method_size, error_text_size;
};

enum frame_message { FRAME_META, FRAME_REQUEST, FRAME_RESPONSE };

// Reads RpcMeta, or what is nested in it: RpcRequestMeta (field 1), RpcResponseMeta (field 2).
static inline bool frame_get_meta(
    const uint8_t *from, const uint8_t *end, enum frame_message message, struct frame_meta *meta) {
  while (from < end) {
    uint64_t tag, value;
    if (!frame_get_varint(&from, end, &tag)) return false;
    uint64_t field = tag >> 3;
    switch (tag & 7) {
      case 0:
        if (!frame_get_varint(&from, end, &value)) return false;
        if (message == FRAME_RESPONSE && field == 1) meta->error_code = (int32_t)value;
        if (message == FRAME_META && field == 4) meta->id = (int64_t)value;
        break;
      case 1:
        if (end - from < 8) return false;
        from += 8;
        break;
      case 2:
        if (!frame_get_varint(&from, end, &value) || value > (uint64_t)(end - from)) return false;
        if (message == FRAME_REQUEST && field == 2) meta->method = from, meta->method_size = value;
        if (message == FRAME_RESPONSE && field == 2) meta->error_text = from, meta->error_text_size = value;
        if (message == FRAME_META && (field == 1 || field == 2)) {
          enum frame_message nested = field == 1 ? FRAME_REQUEST : FRAME_RESPONSE;
          if (!frame_get_meta(from, from + value, nested, meta)) return false;
        }
        from += value;
        break;
      case 5:
        if (end - from < 4) return false;
        from += 4;
        break;
      default: return false;
    }
  }
  return true;
}

#endif
