// The C calculator, the same file that the other peers compile.
#include "../../../../Programs/Calculator/C/calculator.c"
