#include "CShims.h"

#include <errno.h>
#include <stdio.h>

int shim_flush_output(void) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return 0;
    return errno ? errno : -1;
}
