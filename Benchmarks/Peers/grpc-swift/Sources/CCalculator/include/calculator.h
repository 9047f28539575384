#include "../../../../../Programs/Calculator/C/include/calculator.h"
