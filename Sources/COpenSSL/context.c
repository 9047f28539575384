#include "tls_session.h"

bool tls_context_limit(SSL_CTX *context, int version_min, const char *groups, size_t certificates_max) {
    SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(
        context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                     SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_max_cert_list(context, (long)certificates_max);
    return SSL_CTX_set_min_proto_version(context, version_min) == 1 && SSL_CTX_set1_groups_list(context, groups) == 1;
}

void tls_context_set_tickets(SSL_CTX *context, bool has_tickets) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    if (has_tickets) SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);
    else SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, has_tickets ? 1 : 0);
}

static int no_password(char *buffer, int size, int is_writing, void *argument) {
    (void)buffer, (void)size, (void)is_writing, (void)argument;
    return -1;
}

void tls_context_refuse_passwords(SSL_CTX *context) { SSL_CTX_set_default_passwd_cb(context, no_password); }

// Lists of protocols as they travel: each name behind its length. HTTP/1.1 goes first: who takes both is a browser or
// curl, and HTTP/2 is for gRPC, whose clients name nothing else.
static const char both_protocols[] = "\x08http/1.1\x02h2";

static const unsigned char *protocols(bool http2, bool http1, unsigned *count) {
    *count = (http2 ? 3 : 0) + (http1 ? 9 : 0);
    return (const unsigned char *)both_protocols + (http1 ? 0 : 9);
}

static int choose_protocol(
    SSL *ssl, const unsigned char **chosen, unsigned char *chosen_count, const unsigned char *named,
    unsigned named_count, void *argument) {
    (void)ssl;
    uintptr_t offered = (uintptr_t)argument;
    unsigned count;
    const unsigned char *list = protocols(offered & 2, offered & 1, &count);
    int result = SSL_select_next_proto((unsigned char **)chosen, chosen_count, list, count, named, named_count);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void tls_context_offer(SSL_CTX *context, bool http2, bool http1) {
    if (!http2 && !http1) return;
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, (void *)(uintptr_t)((http2 ? 2 : 0) + (http1 ? 1 : 0)));
}

bool tls_set_server_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name) == 1; }

bool tls_name_protocols(SSL *ssl, bool http2, bool http1) {
    unsigned count;
    const unsigned char *list = protocols(http2, http1, &count);
    return SSL_set_alpn_protos(ssl, list, count) == 0;
}

void tls_keep_buffers(SSL *ssl, bool is_kept) {
    if (is_kept) SSL_clear_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    else SSL_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
}

int tls_chain_count(SSL_CTX *context) {
    STACK_OF(X509) *chain = NULL;
    SSL_CTX_get0_chain_certs(context, &chain);
    return chain == NULL ? 0 : sk_X509_num(chain);
}

X509 *tls_chain_certificate(SSL_CTX *context, int index) {
    STACK_OF(X509) *chain = NULL;
    SSL_CTX_get0_chain_certs(context, &chain);
    return sk_X509_value(chain, index);
}
