// The C calculator, the same file that the other peers compile.
#include "../../../../Calculator/C/calculator.c"
