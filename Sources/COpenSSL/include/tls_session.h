// TLS of Debian's OpenSSL (libssl-dev) as a machine of bytes: what came in goes in, what is to be sent comes out, and
// no socket is known here.
#ifndef JIESUAN_TLS_SESSION_H
#define JIESUAN_TLS_SESSION_H
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    tls_done,        // what was asked for is done
    tls_wants_input, // all bytes that came are used up
    tls_wants_room,  // there is more to send than `out` has room for: take it, and call again with the same arguments
    tls_closed,      // the peer said that it sends no more (close_notify)
    tls_failed,      // the session is over; what is in `out`, an alert, is still to be sent
    tls_flood,       // the peer sends messages of the protocol that carry nothing: the session is over
} tls_status;

// One connection's session, with the bytes that it works on. `in` and `out` are the caller's and valid for one call.
typedef struct {
    SSL *ssl;
    const uint8_t *in; // bytes that came and were not used yet
    size_t in_left;
    uint8_t *out; // where bytes to be sent go
    size_t out_room;
    size_t out_count;
    uint64_t bytes_in;   // of the network, since the session began
    uint32_t messages;   // handshake messages of the peer after the handshake: key updates and the like
    bool is_open;        // the handshake is done
    bool is_flood;
} tls_session;

// NULL: no memory.
tls_session *tls_session_create(SSL_CTX *context, bool is_server);
void tls_session_destroy(tls_session *session);

tls_status tls_handshake(tls_session *session);
// Decrypts what came into `into`; `count`: bytes of it. Ends with tls_wants_input where all is used up, with tls_done
// where `into` is full.
tls_status tls_read(tls_session *session, void *into, size_t room, size_t *count);
// Encrypts from `from`; `count`: bytes of it that are encrypted.
tls_status tls_write(tls_session *session, const void *from, size_t size, size_t *count);
// Says that nothing more will be sent (close_notify).
tls_status tls_end(tls_session *session);
// Whether a record has begun to come and not ended.
bool tls_is_inside_record(const tls_session *session);

// Macros of OpenSSL, and what is set with functions that it calls back.
bool tls_context_limit(SSL_CTX *context, int version_min, const char *groups, size_t certificates_max);
// Sessions are never kept in memory; `has_tickets`: the peer may keep one, sealed, and come back with it.
void tls_context_set_tickets(SSL_CTX *context, bool has_tickets);
// Keys that need a password are an error, not a question on the terminal.
void tls_context_refuse_passwords(SSL_CTX *context);
// The protocols that a client which names some (ALPN) may choose from; one that names none is served too.
void tls_context_offer(SSL_CTX *context, bool http2, bool http1);
bool tls_set_server_name(SSL *ssl, const char *name);
bool tls_name_protocols(SSL *ssl, bool http2, bool http1);
// Kept buffers, some 33 KiB, spare allocations with every read and write.
void tls_keep_buffers(SSL *ssl, bool is_kept);
int tls_chain_count(SSL_CTX *context);
X509 *tls_chain_certificate(SSL_CTX *context, int index);

// One of a certificate's names (subjectAltName): `kind` is GEN_DNS, GEN_EMAIL, GEN_URI, GEN_IPADD, or another that is
// not read. The bytes are to be freed with tls_free. False where there is no such index.
bool tls_alternative_name(X509 *certificate, int index, int *kind, uint8_t **bytes, size_t *count);
// Its subject as RFC 2253 writes it; to be freed with tls_free.
char *tls_subject(X509 *certificate);
// The first common name of its subject in UTF-8, whose bytes may be any; NULL: it has none. To be freed with tls_free.
uint8_t *tls_common_name(X509 *certificate, size_t *count);
void tls_free(void *memory);
// Seconds since 1970 of a time of a certificate; false where it is none.
bool tls_seconds(const ASN1_TIME *time, int64_t *seconds);

#endif
