// Yantai's tables, the same file that the other peers compile.
#include "../../../tables/yantai.c"
