// SHA-256 of libmd (Debian: libmd-dev).
#include <sys/types.h>
#include <stdint.h>
#include <sha2.h>
