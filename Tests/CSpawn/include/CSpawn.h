#ifndef CSPAWN_H
#define CSPAWN_H

#include <sys/types.h>

// What Swift's Glibc module leaves out, because it is GNU's.

// A pipe that no child inherits: the end to read, the end to write. 0, or an error number.
int spawn_pipe(int ends[2]);

// Starts the program at `path` in `folder` (NULL: this process's) with `streams` as its descriptors 0 to 2 (-1: this
// process's own), no other open file, and no signal blocked or ignored. 0, or an error number.
int spawn_program(pid_t *id, const char *path, char *const arguments[], const char *folder, const int streams[3]);

#endif
