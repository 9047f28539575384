#include "tls_session.h"
#include <openssl/bio.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Bytes of the network between the caller's memory and OpenSSL: no copy of theirs is kept.

static BIO_METHOD *wire_method;

// Messages of the protocol after the handshake that a peer may send for nothing, and one more for every so many bytes:
// clients renew their keys after gigabytes, and each renewal costs some ten microseconds.
enum { messages_free = 32, bytes_per_message = 1 << 20 };

static int wire_read(BIO *bio, char *into, size_t room, size_t *count) {
    tls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (session->messages > messages_free + session->bytes_in / bytes_per_message) {
        session->is_flood = true;
        return 0;
    }
    if (session->in_left == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    size_t taken = room < session->in_left ? room : session->in_left;
    memcpy(into, session->in, taken);
    session->in += taken;
    session->in_left -= taken;
    session->bytes_in += taken;
    *count = taken;
    return 1;
}

static int wire_write(BIO *bio, const char *from, size_t size, size_t *count) {
    tls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    size_t room = session->out_room - session->out_count;
    if (room == 0) {
        BIO_set_retry_write(bio);
        return 0;
    }
    size_t taken = size < room ? size : room;
    memcpy(session->out + session->out_count, from, taken);
    session->out_count += taken;
    *count = taken;
    return 1;
}

static long wire_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static int wire_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

static void make_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "jiesuan wire");
    if (method == NULL) return;
    BIO_meth_set_read_ex(method, wire_read);
    BIO_meth_set_write_ex(method, wire_write);
    BIO_meth_set_ctrl(method, wire_control);
    BIO_meth_set_create(method, wire_create);
    wire_method = method;
}

static void saw_message(
    int is_written, int version, int type, const void *bytes, size_t count, SSL *ssl, void *argument) {
    (void)version, (void)bytes, (void)count, (void)ssl;
    tls_session *session = argument;
    // Warnings count too: after a refused renegotiation one is sent, and the peer may ask again.
    bool is_empty = type == SSL3_RT_HANDSHAKE || type == SSL3_RT_ALERT || type == SSL3_RT_CHANGE_CIPHER_SPEC;
    if (is_empty && !is_written && session->is_open) session->messages++;
}

tls_session *tls_session_create(SSL_CTX *context, bool is_server) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_method);
    tls_session *session = calloc(1, sizeof *session);
    if (session == NULL || wire_method == NULL) goto failed;
    session->ssl = SSL_new(context);
    BIO *bio = session->ssl == NULL ? NULL : BIO_new(wire_method);
    if (bio == NULL) goto failed;
    BIO_set_data(bio, session);
    SSL_set_bio(session->ssl, bio, bio);
    if (is_server) {
        SSL_set_accept_state(session->ssl);
        SSL_set_msg_callback(session->ssl, saw_message);
        SSL_set_msg_callback_arg(session->ssl, session);
    } else {
        SSL_set_connect_state(session->ssl);
    }
    return session;
failed:
    ERR_clear_error();
    if (session != NULL) SSL_free(session->ssl);
    free(session);
    return NULL;
}

void tls_session_destroy(tls_session *session) {
    SSL_free(session->ssl);
    free(session);
}

static tls_status status(const tls_session *session, int result) {
    switch (SSL_get_error(session->ssl, result)) {
    case SSL_ERROR_NONE: return tls_done;
    case SSL_ERROR_WANT_READ: return tls_wants_input;
    case SSL_ERROR_WANT_WRITE: return tls_wants_room;
    case SSL_ERROR_ZERO_RETURN: return tls_closed;
    default: return session->is_flood ? tls_flood : tls_failed;
    }
}

tls_status tls_handshake(tls_session *session) {
    ERR_clear_error();
    int result = SSL_do_handshake(session->ssl);
    if (result == 1) session->is_open = true;
    return status(session, result);
}

tls_status tls_read(tls_session *session, void *into, size_t room, size_t *count) {
    ERR_clear_error();
    *count = 0;
    while (*count < room) {
        size_t read = 0;
        int result = SSL_read_ex(session->ssl, (uint8_t *)into + *count, room - *count, &read);
        *count += read;
        if (result != 1) return status(session, result);
    }
    return tls_done;
}

tls_status tls_write(tls_session *session, const void *from, size_t size, size_t *count) {
    ERR_clear_error();
    *count = 0;
    while (*count < size) {
        size_t written = 0;
        int result = SSL_write_ex(session->ssl, (const uint8_t *)from + *count, size - *count, &written);
        *count += written;
        if (result != 1) return status(session, result);
    }
    return tls_done;
}

tls_status tls_end(tls_session *session) {
    ERR_clear_error();
    int result = SSL_shutdown(session->ssl);
    // 0: said, and the peer has not said it yet.
    return result >= 0 ? tls_done : status(session, result);
}

bool tls_is_inside_record(const tls_session *session) {
    // Between a record's header and its body nothing is pending, and the body ("RB") is read for.
    return SSL_has_pending(session->ssl) == 1 || SSL_rstate_string(session->ssl)[1] == 'B';
}
