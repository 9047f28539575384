#include "CShims.h"
#include <sys/prctl.h>

int shim_forbid_dump(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
