#include "tls_session.h"
#include <string.h>
#include <time.h>

static const ASN1_STRING *text_of(const GENERAL_NAME *name, int *kind) {
    const ASN1_STRING *text = GENERAL_NAME_get0_value(name, kind);
    bool is_read = *kind == GEN_DNS || *kind == GEN_EMAIL || *kind == GEN_URI || *kind == GEN_IPADD;
    return is_read ? text : NULL;
}

bool tls_alternative_name(X509 *certificate, int index, int *kind, uint8_t **bytes, size_t *count) {
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    bool is_there = names != NULL && index < sk_GENERAL_NAME_num(names);
    *bytes = NULL;
    *count = 0;
    if (is_there) {
        const ASN1_STRING *text = text_of(sk_GENERAL_NAME_value(names, index), kind);
        if (text != NULL && ASN1_STRING_length(text) > 0) {
            *count = (size_t)ASN1_STRING_length(text);
            *bytes = OPENSSL_memdup(ASN1_STRING_get0_data(text), *count);
            if (*bytes == NULL) *count = 0;
        }
    }
    GENERAL_NAMES_free(names);
    return is_there;
}

char *tls_subject(X509 *certificate) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL) return NULL;
    unsigned long form = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
    char *text = NULL;
    char *bytes = NULL;
    if (X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0, form) >= 0) {
        long count = BIO_get_mem_data(bio, &bytes);
        if (count >= 0) text = OPENSSL_strndup(bytes == NULL ? "" : bytes, (size_t)count);
    }
    BIO_free(bio);
    return text;
}

uint8_t *tls_common_name(X509 *certificate, size_t *count) {
    X509_NAME *subject = X509_get_subject_name(certificate);
    int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (index < 0) return NULL;
    unsigned char *bytes = NULL;
    int length = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
    if (length < 0) return NULL;
    *count = (size_t)length;
    return bytes;
}

void tls_free(void *memory) { OPENSSL_free(memory); }

bool tls_seconds(const ASN1_TIME *time, int64_t *seconds) {
    struct tm parts = {0};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return false;
    *seconds = timegm(&parts);
    return true;
}
