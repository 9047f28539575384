#include "CShims.h"
#include <sys/vfs.h>

int shim_is_network_file(int descriptor) {
    struct statfs facts;
    if (fstatfs(descriptor, &facts) != 0) return 0;
    switch ((uint32_t)facts.f_type) {
    case 0x6969:     // NFS
    case 0x517B:     // SMB
    case 0xFF534D42: // CIFS
    case 0xFE534D42: // SMB 2 and later
    case 0x00C36400: // Ceph
        return 1;
    default:
        return 0;
    }
}
